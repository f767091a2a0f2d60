package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.OperationId;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * A mount is a directory with an attribute, and with a guard that lets nothing in. So it is renamed, removed with what is above it, backed
 * up and recovered as any directory is, and whatever makes, moves or publishes an entry is refused by the one look that it takes anyway.
 */
/** The mounts of the namespace. Thread-safe. */
final class IgniteMounts implements Mounts {
    private static final Logger LOG = LoggerFactory.getLogger(IgniteMounts.class);
    private static final int MAX_SEEN = 1024;

    private final Runner runner;
    private final PathWalk walk;
    private final Publishing publishing;
    private final Ids ids;
    private final Clock clock;
    private final int most;
    /** Of which it is known that they are in the list. */
    private final Map<Long, Boolean> seen = new ConcurrentHashMap<>();

    IgniteMounts(Runner runner, Publishing publishing, Ids ids, Clock clock, int most) {
        this.runner = runner;
        this.walk = new PathWalk(runner);
        this.publishing = publishing;
        this.ids = ids;
        this.clock = clock;
        this.most = most;
    }

    @Override
    public Optional<Mount> over(GridPath path) {
        Mount mount = Runner.untilFresh(() -> runner.look(tables -> over(tables, path)));
        if (mount != null && !seen.containsKey(mount.id())) {
            listAgain(mount);
        }
        return Optional.ofNullable(mount);
    }

    /** Below a mount there is nothing: so only the last entry that is there can be one. */
    private static @Nullable Mount over(Tables tables, GridPath path) {
        PathWalk.Reached reached = PathWalk.reach(tables, path);
        Inode inode =
                reached.dentry().isFile() ? null : tables.inode(reached.dentry().inodeId());
        if (inode == null || !inode.isMount()) {
            return null;
        }
        GridPath at = new GridPath(path.names().subList(0, reached.depth()));
        return mount(at, reached.dentry().inodeId(), inode);
    }

    private static Mount mount(GridPath at, long id, Inode inode) {
        return new Mount(at, inode.attributes().getOrDefault(ATTRIBUTE, ""), inode.status(at.toString(), id));
    }

    @Override
    public FileStatus attach(GridPath path, String uri, boolean writes, String owner, @Nullable OperationId operation) {
        if (path.isRoot() || Staged.isFixed(path) || path.startsWith(Files.STAGING)) {
            throw Problems.invalid("cannot mount an outer store at " + path, path.toString());
        }
        Map<String, String> attributes = writes ? Map.of(ATTRIBUTE, uri, WRITES, "yes") : Map.of(ATTRIBUTE, uri);
        long id = ids.directory();
        return Runner.untilFresh(() -> {
            PathWalk.Place place = publishing.placeMade(path, owner, 0);
            Inode inode = Inode.directory(new Inode.Link(place.parentId(), place.name()), owner, clock.millis());
            AttachStep step = new AttachStep(place, id, inode.with(inode.kind(), attributes), most, operation);
            return Outcome.decode(runner.change(place.parentId(), step)).entry();
        });
    }

    @Override
    public void detach(GridPath path, @Nullable OperationId operation) {
        long token = ids.token();
        Runner.untilFresh(() -> {
            Dentry dentry = path.isRoot() ? null : walk.find(path);
            PathWalk.Place place = dentry == null ? null : walk.place(path);
            if (dentry == null || place == null) {
                byte[] done = operation == null ? null : IgniteFiles.recall(runner, operation);
                if (done != null) {
                    return done;
                }
                throw path.isRoot() ? Problems.invalid("no outer store is mounted there: /", "/") : walk.notFound(path);
            }
            return runner.change(place.parentId(), new DetachStep(place, dentry.inodeId(), operation, token));
        });
    }

    @Override
    public List<Mount> list() {
        List<Mount> found = runner.look(tables -> {
            List<Mount> mounts = new ArrayList<>();
            for (long id : MountList.of(tables)) {
                Inode inode = tables.inode(id);
                GridPath path = inode == null || !inode.isMount() ? null : path(tables, id, inode);
                if (inode != null && path != null) {
                    mounts.add(mount(path, id, inode));
                }
            }
            return mounts;
        });
        found.sort(Comparator.comparing(Mount::path));
        return found;
    }

    /** Null where no path leads to it: it lies in the trash with what was above it. */
    private static @Nullable GridPath path(Tables tables, long id, Inode inode) {
        ArrayDeque<String> names = new ArrayDeque<>();
        long at = id;
        Inode entry = inode;
        while (at != Ids.ROOT) {
            Inode.Link link = entry.link();
            Dentry dentry = tables.dentry(link.parentId(), link.name());
            Inode parent = tables.inode(link.parentId());
            if (dentry == null || dentry.inodeId() != at || parent == null || names.size() >= GridPath.MAX_DEPTH) {
                return null;
            }
            names.addFirst(link.name());
            at = link.parentId();
            entry = parent;
        }
        return new GridPath(List.copyOf(names));
    }

    /** A restore may have brought back a list from before it was mounted. */
    private void listAgain(Mount mount) {
        try {
            boolean isListed = runner.look(MountList::of).contains(mount.id());
            if (!isListed) {
                if (!runner.isChangeable()) {
                    return;
                }
                runner.changeHere(tables -> {
                    List<Long> mounts = new ArrayList<>(MountList.living(tables));
                    Inode inode = tables.inode(mount.id());
                    if (inode != null && !mounts.contains(mount.id())) {
                        mounts.add(mount.id());
                        MountList.put(tables, mounts);
                    }
                    return mounts.size();
                });
            }
            if (seen.size() >= MAX_SEEN) {
                seen.clear();
            }
            seen.put(mount.id(), true);
        } catch (GridException | StaleException e) {
            LOG.debug("mount is not in the list yet: path={} reason={}", mount.path(), e.getMessage());
        }
    }
}

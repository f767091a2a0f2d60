package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.StoragePolicy;
import io.swarmgrid.storage.namespace.ignite.PathWalk.Place;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The namespace over steps: finds out what a path leads to, sends the step to where that is, and again if it was stale. */
final class IgniteFiles implements Files {
    private static final int MAX_PAGE = 10_000;

    private final Runner runner;
    private final PathWalk walk;
    private final Ids ids;
    private final Clock clock;
    private final Survey survey;
    private final Publishing publishing;
    private final Policies policies;

    IgniteFiles(Runner runner, Ids ids, Clock clock, Survey survey, SwarmConfig config) {
        this.runner = runner;
        this.walk = new PathWalk(runner);
        this.ids = ids;
        this.clock = clock;
        this.survey = survey;
        this.policies = new Policies(runner, walk, config);
        this.publishing = new Publishing(runner, walk, ids, clock);
    }

    @Override
    public Optional<FileStatus> find(GridPath path) {
        return Runner.untilFresh(() -> {
            EntryStep.Entry entry = entry(path);
            return entry == null ? Optional.empty() : Optional.of(entry.inode().status(path.toString(), entry.id()));
        });
    }

    private EntryStep.@Nullable Entry entry(GridPath path) {
        GridPath parent = path.parent();
        if (parent == null) {
            Inode root = runner.look(tables -> tables.inode(Ids.ROOT));
            return root == null ? null : new EntryStep.Entry(Ids.ROOT, root);
        }
        Dentry directory = walk.find(parent);
        return directory == null || directory.isFile()
                ? null
                : EntryStep.decode(runner.read(directory.inodeId(), new EntryStep(directory.inodeId(), path.name())));
    }

    @Override
    public FileStatus stat(GridPath path) {
        return find(path).orElseThrow(() -> walk.notFound(path));
    }

    @Override
    public Listing list(GridPath directory, @Nullable String startAfter, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw GridException.invalid("bad page size: " + limit + " (1 to " + MAX_PAGE + ")");
        }
        return Runner.untilFresh(() -> {
            long id = walk.requireDirectory(directory);
            byte[] page = runner.readPrimary(id, new ListStep(id, directory.toString(), startAfter, limit));
            return ListStep.decode(page, directory);
        });
    }

    @Override
    public FileStatus makeDirectory(GridPath path, String owner, Parents parents) {
        if (path.isRoot()) {
            if (parents == Parents.REQUIRE) {
                throw Problems.exists("/", null);
            }
            return stat(path);
        }
        return switch (parents) {
            case REQUIRE -> Runner.untilFresh(() -> make(walk.requirePlace(path), owner, false));
            case MAKE -> publishing.makeDirectories(path, owner);
        };
    }

    private FileStatus make(Place place, String owner, boolean existingIsFine) {
        MakeDirectoryStep step = new MakeDirectoryStep(place, ids.directory(), owner, existingIsFine, clock.millis());
        return entryOf(runner.change(place.parentId(), step));
    }

    @Override
    public FileStatus rename(GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation) {
        refuseFixed(source, "rename");
        refuseFixed(target, "replace");
        if (target.startsWith(Files.STAGING) && !source.startsWith(Files.STAGING)) {
            throw Problems.invalid("cannot rename into " + Files.STAGING + ": " + source, source.toString());
        }
        if (target.startsWith(source) && !target.equals(source)) {
            throw Problems.invalid(
                    "cannot rename a directory into itself: " + source + " to " + target, source.toString());
        }
        return entryOf(onceDone(operation, () -> renameNow(source, target, replaceFile, operation)));
    }

    /*
     * What was done before is asked for where the attempt ends with an error: else its step finds that itself, in its own transaction.
     * Asked for first it was four tenths of what a rename cost.
     */
    /** The outcome of an attempt, or of an earlier one of the same operation whose answer was lost. */
    private byte[] onceDone(@Nullable OperationId operation, Supplier<byte[]> attempt) {
        return Runner.untilFresh(() -> {
            try {
                return attempt.get();
            } catch (GridException e) {
                byte[] done = operation == null || e.kind() != ErrorKind.CALLER ? null : recall(operation);
                if (done == null) {
                    throw e;
                }
                return done;
            }
        });
    }

    private byte[] renameNow(GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation) {
        Dentry moved = walk.require(source);
        Place from = walk.requirePlace(source);
        Place to = walk.requirePlace(target);
        RenameStep step = new RenameStep(from, moved.inodeId(), to, replaceFile, operation, clock.millis());
        return runner.change(from.parentId(), step);
    }

    @Override
    public boolean remove(GridPath path, boolean recursive, Removal removal, @Nullable OperationId operation) {
        refuseFixed(path, "remove");
        return Outcome.decode(onceDone(operation, () -> removeNow(path, recursive, removal, operation)))
                .removed();
    }

    private byte[] removeNow(GridPath path, boolean recursive, Removal removal, @Nullable OperationId operation) {
        Dentry dentry = walk.find(path);
        Place place = dentry == null ? null : walk.place(path);
        if (dentry == null || place == null) {
            byte[] done = operation == null ? null : recall(operation);
            return done == null ? Outcome.NOTHING : done;
        }
        // Nobody sees what is staged, nor can have it back: in the trash it would only fill the quota that it counts
        // for.
        boolean isKept = removal == Removal.TO_TRASH && !Staged.isBelow(path);
        long whenMs = isKept ? clock.millis() : Doomed.NO_GRACE;
        return dentry.isFile()
                ? runner.change(
                        place.parentId(), new RemoveFileStep(place, dentry.inodeId(), operation, ids.token(), whenMs))
                : runner.change(
                        dentry.inodeId(),
                        new RemoveDirectoryStep(place, dentry.inodeId(), recursive, operation, ids.token(), whenMs));
    }

    @Override
    public Usage usage(GridPath path) {
        FileStatus status = stat(path);
        return survey.usage(status);
    }

    @Override
    public List<BlockLocation> locate(GridPath path) {
        return Runner.untilFresh(() -> {
            if (path.isRoot()) {
                throw Problems.isDirectory("/");
            }
            Place place = walk.requirePlace(path);
            try {
                byte[] layout = runner.read(place.parentId(), LayoutStep.byName(place));
                return survey.locate(LayoutStep.decode(layout));
            } catch (GridException e) {
                throw walk.withHint(e, path);
            }
        });
    }

    @Override
    public Map<Long, List<BlockLocation>> locateAll(Collection<Long> fileIds) {
        return survey.locateAll(fileIds);
    }

    @Override
    public FileStatus setAttribute(GridPath path, String name, @Nullable String value) {
        return Runner.untilFresh(() -> {
            long id = path.isRoot() ? Ids.ROOT : walk.require(path).inodeId();
            return entryOf(runner.change(id, new AttributeStep(id, path.toString(), name, value, clock.millis())));
        });
    }

    @Override
    public StoragePolicy policy(GridPath path) {
        return Runner.untilFresh(() -> policies.nearest(path));
    }

    @Override
    public void requireReplaceable(GridPath target) {
        Dentry dentry = Runner.untilFresh(() -> walk.find(target));
        Inode there = dentry == null ? null : runner.look(tables -> tables.inode(dentry.inodeId()));
        if (there != null && there.charge().own() != 0) {
            throw Problems.hasQuota(target.toString());
        }
    }

    @Override
    public void countAs(GridPath staged, GridPath target) {
        Runner.untilFresh(() -> {
            List<Long> quotas = policies.quotas(target);
            long id = walk.requireDirectory(staged);
            return quotas.isEmpty() ? quotas : runner.change(id, new CountAsStep(id, quotas));
        });
    }

    @Override
    public FileStatus setReplication(GridPath path, int replicas) {
        if (replicas < 1 || replicas > StoragePolicy.MAX_REPLICAS) {
            throw Problems.invalid(
                    "bad replicas: " + replicas + ", expected 1 to " + StoragePolicy.MAX_REPLICAS + ": " + path,
                    path.toString());
        }
        return inSteps(path, (id, from) -> KeepStep.replicas(id, path.toString(), replicas, from));
    }

    @Override
    public FileStatus keep(GridPath path, Keeping keeping) {
        return inSteps(path, (id, from) -> KeepStep.near(id, path.toString(), keeping, from));
    }

    private interface Keep {
        KeepStep of(long id, int from);
    }

    private FileStatus inSteps(GridPath path, Keep keep) {
        KeepStep.Done done = null;
        do {
            int from = done == null ? 0 : done.next();
            done = Runner.untilFresh(() -> {
                long id = path.isRoot() ? Ids.ROOT : walk.require(path).inodeId();
                return KeepStep.decode(runner.change(id, keep.of(id, from)));
            });
        } while (done.next() > 0);
        return done.status();
    }

    @Override
    public FileStatus setStatus(GridPath path, StatusChange change) {
        return Runner.untilFresh(() -> {
            long id = path.isRoot() ? Ids.ROOT : walk.require(path).inodeId();
            return entryOf(runner.change(id, new StatusStep(id, path.toString(), change)));
        });
    }

    @Override
    public FileStatus publish(Publication publication) {
        Optional<FileStatus> done = done(publication.operation());
        return done.isPresent() ? done.get() : publishing.publish(publication);
    }

    @Override
    public Optional<FileStatus> outcome(OperationId operation) {
        return outcome(runner, operation);
    }

    static Optional<FileStatus> outcome(Runner runner, OperationId operation) {
        byte[] done = recall(runner, operation);
        return done == null
                ? Optional.empty()
                : Optional.ofNullable(Outcome.decode(done).status());
    }

    private Optional<FileStatus> done(@Nullable OperationId operation) {
        byte[] done = operation == null ? null : recall(operation);
        return done == null ? Optional.empty() : Optional.of(entryOf(done));
    }

    private byte @Nullable [] recall(OperationId operation) {
        return recall(runner, operation);
    }

    /** What an operation did, as its primary has it: a copy may be behind while a transaction is being finished. */
    static byte @Nullable [] recall(Runner runner, OperationId operation) {
        byte[] done = runner.lookSettled(tables -> {
            byte[] found = tables.operation(operation.value());
            return found == null ? new byte[0] : found;
        });
        return done.length == 0 ? null : done;
    }

    private static FileStatus entryOf(byte[] outcome) {
        return Outcome.decode(outcome).entry();
    }

    private static void refuseFixed(GridPath path, String verb) {
        if (Staged.isFixed(path)) {
            throw Problems.invalid("cannot " + verb + " " + path + ": the grid needs it", path.toString());
        }
    }
}

package io.swarmgrid.mount;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.mount.file.Content;
import io.swarmgrid.mount.file.OpenFiles;
import io.swarmgrid.mount.fuse.Attributes;
import io.swarmgrid.mount.fuse.Caller;
import io.swarmgrid.mount.fuse.Change;
import io.swarmgrid.mount.fuse.Created;
import io.swarmgrid.mount.fuse.DirectorySink;
import io.swarmgrid.mount.fuse.Entry;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Making;
import io.swarmgrid.mount.fuse.Opened;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.fuse.Space;
import io.swarmgrid.mount.tree.DirectoryReader;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Stale;
import io.swarmgrid.mount.tree.Tree;
import io.swarmgrid.mount.tree.Users;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A directory of the grid, for the kernel. Thread-safe. */
final class GridFiles implements Operations {
    private static final int FIRST_ENTRY = 2; // behind . and ..
    /** How often others may make and remove a file while it is opened here. */
    private static final int MOST_RACES = 3;

    private static final long SPACE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Grid grid;
    private final Tree tree;
    private final OpenFiles files;
    private final Users users;
    private final NewFiles newFiles;
    private final AtomicLong lastDirectory = new AtomicLong();
    private final Map<Long, DirectoryReader> directories = new ConcurrentHashMap<>();
    private volatile @Nullable KnownSpace space;

    private record KnownSpace(Space space, long atNanos) {}

    GridFiles(Grid grid, Tree tree, OpenFiles files, Users users) {
        this.grid = grid;
        this.tree = tree;
        this.files = files;
        this.users = users;
        this.newFiles = new NewFiles(grid, tree, files, users);
    }

    @Override
    public Entry lookup(long parent, String name) {
        Node directory = tree.node(parent);
        long askedNanos = System.nanoTime();
        FileStatus found = grid.stat(tree.path(directory, name));
        Node node = tree.enter(directory, name, found, askedNanos);
        if (!node.isDirectory() && node.fileId() == found.id()) {
            return new Entry(node.number(), attributes(files.attributes(node, found, askedNanos)));
        }
        return new Entry(node.number(), node.isDirectory() ? attributes(found) : attributes(node.number()));
    }

    @Override
    public void forget(long node, long lookups) {
        tree.forget(node, lookups);
    }

    @Override
    public Attributes attributes(long number) {
        Node node = tree.node(number);
        if (!node.isDirectory()) {
            return attributes(files.attributes(node));
        }
        FileStatus found = Stale.unlessThere(() -> grid.stat(tree.path(node)));
        if (found.kind() == EntryKind.FILE) {
            throw new Refusal(Errno.ESTALE, "no directory any more: " + found.path());
        }
        return attributes(found);
    }

    private Attributes attributes(FileStatus entry) {
        return newFiles.attributes(entry);
    }

    @Override
    public Attributes change(long number, Change change) {
        Node node = tree.node(number);
        if (change.sizeBytes() != null) {
            files.truncate(node, change.sizeBytes());
        }
        Content content = files.find(node);
        Long modifiedMs = change.modifiedMs();
        if (modifiedMs != null && content != null && content.modifiedAt(modifiedMs)) {
            modifiedMs = null;
        }
        SetStatus asked = new SetStatus(
                tree.path(node),
                change.uid() == null ? null : users.user(change.uid()),
                change.gid() == null ? null : users.group(change.gid()),
                change.permission(),
                modifiedMs);
        if (tree.isGone(node) || !NewFiles.changes(asked)) {
            return attributes(number);
        }
        FileStatus now = grid.setStatus(asked);
        if (content != null) {
            content.rightsOf(now);
            return attributes(number);
        }
        return attributes(now);
    }

    @Override
    public Entry makeDirectory(long parent, String name, int permission, Caller caller) {
        Node directory = tree.node(parent);
        return newFiles.directory(directory, name, permission, caller);
    }

    @Override
    public Created create(long parent, String name, int permission, Making making, Caller caller) {
        Node directory = tree.node(parent);
        for (int i = 0; ; i++) {
            try {
                return newFiles.file(directory, name, permission, caller);
            } catch (GridException e) {
                if (making == Making.NEW || e.code() != ErrorCode.ALREADY_EXISTS) {
                    throw e;
                }
            }
            // Somebody else has made it since the kernel looked; it may be gone again by now.
            try {
                return openThere(parent, name, making);
            } catch (GridException e) {
                if (i == MOST_RACES || e.code() != ErrorCode.NOT_FOUND) {
                    throw e;
                }
            }
        }
    }

    private Created openThere(long parent, String name, Making making) {
        Entry there = lookup(parent, name);
        boolean opened = false;
        try {
            Opened handle =
                    making == Making.EMPTY ? files.openEmptied(tree.node(there.node())) : open(there.node(), true);
            opened = true;
            return new Created(new Entry(there.node(), attributes(there.node())), handle);
        } finally {
            if (!opened) {
                tree.forget(there.node(), 1); // the kernel is not told of it
            }
        }
    }

    @Override
    public void removeFile(long parent, String name) {
        remove(tree.node(parent), name);
    }

    @Override
    public void removeDirectory(long parent, String name) {
        remove(tree.node(parent), name);
    }

    private void remove(Node directory, String name) {
        Node node = tree.at(directory, name);
        Content content = node == null ? null : files.find(node);
        if (content != null) {
            content.beforeRemoval();
        }
        grid.remove(tree.path(directory, name));
        tree.removed(directory, name);
        if (content != null) {
            content.removed();
        }
    }

    private @Nullable Content contentAt(Node directory, String name) {
        Node node = tree.at(directory, name);
        return node == null ? null : files.find(node);
    }

    @Override
    public void rename(long parent, String name, long newParent, String newName, boolean replace) {
        Node directory = tree.node(parent);
        Node newDirectory = tree.node(newParent);
        Content replaced = replace ? contentAt(newDirectory, newName) : null;
        if (replaced != null) {
            replaced.beforeRemoval();
        }
        Node node = tree.at(directory, name);
        Content content = node == null ? null : files.find(node);
        FileStatus moved;
        try {
            moved = move(tree.path(directory, name), tree.path(newDirectory, newName), replace);
        } catch (GridException e) {
            throw isAcrossQuotas(e, tree.path(directory), tree.path(newDirectory))
                    ? new Refusal(Errno.EXDEV, "counts for another quota: " + tree.path(newDirectory, newName))
                    : e;
        }
        tree.renamed(directory, name, newDirectory, newName);
        if (content != null) {
            content.renamed(moved);
        }
        if (replaced != null && replaced != content) {
            replaced.removed();
        }
    }

    /** Whether a directory was to be moved to where its entries count for other quotas: it can be copied, as from another device. */
    private boolean isAcrossQuotas(GridException e, String from, String to) {
        return e.code() == ErrorCode.PRECONDITION_FAILED
                && !from.equals(to)
                && !grid.quotas(from).equals(grid.quotas(to));
    }

    private FileStatus move(String from, String to, boolean replace) {
        try {
            return grid.rename(from, to, replace);
        } catch (GridException e) {
            if (!replace || e.code() != ErrorCode.ALREADY_EXISTS) {
                throw e;
            }
            removeDirectoryInTheWay(from, to);
            return grid.rename(from, to, false);
        }
    }

    /** Only an empty directory goes, and only for another directory; the grid replaces files alone. */
    private void removeDirectoryInTheWay(String from, String to) {
        boolean moved = grid.stat(from).kind() != EntryKind.FILE;
        boolean there = grid.stat(to).kind() != EntryKind.FILE;
        if (there && !moved) {
            throw new Refusal(Errno.EISDIR, "a directory: " + to);
        }
        if (!there) {
            throw new Refusal(moved ? Errno.ENOTDIR : Errno.EAGAIN, "a file: " + to);
        }
        grid.remove(to);
    }

    @Override
    public Opened open(long node, boolean write) {
        return files.open(tree.node(node), write);
    }

    @Override
    public void read(long handle, long offset, ByteBuffer target) {
        files.read(handle, offset, target);
    }

    @Override
    public void write(long handle, long offset, ByteBuffer bytes) {
        files.write(handle, offset, bytes);
    }

    @Override
    public void flush(long handle) {
        files.flush(handle);
    }

    @Override
    public void sync(long handle) {
        files.sync(handle);
    }

    @Override
    public void release(long handle) {
        files.release(handle);
    }

    @Override
    public long openDirectory(long node) {
        Node directory = tree.node(node);
        long handle = lastDirectory.incrementAndGet();
        directories.put(handle, new DirectoryReader(grid, tree.path(directory), directory));
        return handle;
    }

    @Override
    public void readDirectory(long handle, long offset, DirectorySink sink) {
        DirectoryReader reader = directories.get(handle);
        if (reader == null) {
            throw new Refusal(Errno.EBADF, "no directory " + handle);
        }
        Node directory = reader.node();
        Attributes itself = new Attributes(directory.fileId(), 0, Attributes.DIRECTORY, 0, 0, 0);
        long at = offset;
        for (; at < FIRST_ENTRY; at++) {
            if (!sink.add(at == 0 ? "." : "..", itself, at + 1, () -> 0)) {
                return;
            }
        }
        for (; ; at++) {
            FileStatus entry = reader.entry(at - FIRST_ENTRY);
            if (entry == null) {
                return;
            }
            String name = DirectoryReader.name(entry);
            Attributes shown = attributes(shown(tree.at(directory, name), entry, reader.askedNanos()));
            if (!sink.add(name, shown, at + 1, () -> tree.enterListed(directory, name, entry))) {
                return;
            }
        }
    }

    private FileStatus shown(@Nullable Node known, FileStatus entry, long askedNanos) {
        return known == null || known.isDirectory() || known.fileId() != entry.id()
                ? entry
                : files.attributes(known, entry, askedNanos);
    }

    @Override
    public void releaseDirectory(long handle) {
        directories.remove(handle);
    }

    @Override
    public Space space() {
        KnownSpace known = space;
        if (known == null || System.nanoTime() - known.atNanos() > SPACE_NANOS) {
            long capacity = 0;
            long used = 0;
            for (NodeStatus node : grid.status().nodes()) {
                capacity += node.capacityBytes();
                used += node.usedBytes();
            }
            known = new KnownSpace(new Space(capacity, Math.max(0, capacity - used)), System.nanoTime());
            space = known;
        }
        return known.space();
    }
}

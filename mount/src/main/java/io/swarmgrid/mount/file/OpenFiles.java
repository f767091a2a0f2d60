package io.swarmgrid.mount.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Opened;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Stale;
import io.swarmgrid.mount.tree.Tree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is open here, by handle, and its content, one for all handles of a file. Thread-safe. */
public final class OpenFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Grid grid;
    private final Tree tree;
    private final SpoolSpace space;
    private final ReadAhead ahead = new ReadAhead();
    private final AtomicLong lastHandle = new AtomicLong();
    private final Map<Long, Handle> handles = new ConcurrentHashMap<>();
    private volatile boolean ending;

    @GuardedBy("this")
    private final Map<Node, Shared> contents = new HashMap<>();

    private record Handle(Node node, Content content, boolean write) {}

    private static final class Shared {
        private final Content content;
        private int handles;

        Shared(Content content) {
            this.content = content;
        }
    }

    public OpenFiles(Grid grid, Tree tree, SpoolSpace space) {
        this.grid = grid;
        this.tree = tree;
        this.space = space;
    }

    /** Makes a file at a path, open; {@link #created} follows. */
    public GrowingFile create(String path) {
        requireGoingOn();
        return GrowingFile.create(grid.client(), new FilePut(path, false, null, null, null));
    }

    /** Opens the node of a file that was just made. */
    public Opened created(Node node, FileStatus status, GrowingFile growing) {
        return created(node, status, new GridFile(grid, tree, node, status, growing));
    }

    /**
     * Opens the node of a file that begins empty, and that the grid knows of only once it has to.
     *
     * @param planned how it is shown until then
     * @param onceMade gives it what a new file does not have by itself
     */
    public Opened createdLater(Node node, FileStatus planned, UnaryOperator<FileStatus> onceMade) {
        requireGoingOn();
        return created(node, planned, GridFile.planned(grid, tree, node, planned, onceMade));
    }

    private Opened created(Node node, FileStatus status, GridFile file) {
        Content content = new Content(file, space, ahead, node);
        synchronized (this) {
            Shared shared = new Shared(content);
            shared.handles = 1;
            contents.put(node, shared);
        }
        node.caches(status);
        return new Opened(handle(new Handle(node, content, true)), false, true);
    }

    /** Has the grid know of the files in a directory that were made here: somebody is about to look at it. */
    public void makeAllIn(Node directory) {
        List<Node> unmade = new ArrayList<>();
        synchronized (this) {
            contents.forEach((node, shared) -> {
                if (!shared.content.isMade()) {
                    unmade.add(node);
                }
            });
        }
        for (Node node : unmade) {
            Content content = tree.isIn(directory, node) ? find(node) : null;
            if (content != null) {
                content.make();
            }
        }
    }

    public Opened open(Node node, boolean write) {
        if (write) {
            requireGoingOn();
        }
        long askedNanos = System.nanoTime();
        Content there = find(node);
        FileStatus status = there == null ? null : there.shownIfWritten();
        if (status == null) {
            status = Stale.unlessThere(() -> grid.stat(tree.path(node), node.fileId()));
        }
        if (status.kind() != EntryKind.FILE) {
            throw new Refusal(Errno.EISDIR, "a directory: " + status.path());
        }
        Content content = hold(node, status);
        content.refreshed(status, askedNanos);
        boolean keep = node.caches(status);
        return new Opened(handle(new Handle(node, content, write)), keep, write);
    }

    private long handle(Handle handle) {
        long number = lastHandle.incrementAndGet();
        handles.put(number, handle);
        return number;
    }

    private synchronized Content hold(Node node, FileStatus status) {
        Shared shared = contents.get(node);
        if (shared == null) {
            shared = new Shared(new Content(new GridFile(grid, tree, node, status, null), space, ahead, node));
            contents.put(node, shared);
        }
        shared.handles++;
        return shared.content;
    }

    /** The content of what is open here; null for what is not. */
    public synchronized @Nullable Content find(Node node) {
        Shared shared = contents.get(node);
        return shared == null ? null : shared.content;
    }

    /** How a file is to be shown: as it is here, or as the grid has it. */
    public FileStatus attributes(Node node) {
        Content content = find(node);
        if (content != null) {
            content.make();
        }
        FileStatus shown = content == null ? null : content.shownIfWritten();
        if (shown != null) {
            return shown;
        }
        long askedNanos = System.nanoTime();
        try {
            FileStatus found = Stale.unlessThere(() -> grid.stat(tree.path(node), node.fileId()));
            return content == null ? found : content.refreshed(found, askedNanos);
        } catch (Refusal e) {
            if (content == null) {
                throw e;
            }
            return content.shown(); // somebody else has removed it, and it is open here
        }
    }

    /** The same for what the grid was just asked for. */
    public FileStatus attributes(Node node, FileStatus found, long askedNanos) {
        Content content = find(node);
        FileStatus shown = content == null ? null : content.shownIfWritten();
        if (shown != null) {
            return shown;
        }
        return content == null ? found : content.refreshed(found, askedNanos);
    }

    public void read(long handle, long offset, ByteBuffer target) {
        handle(handle).content.read(offset, target);
    }

    public void write(long handle, long offset, ByteBuffer bytes) {
        requireGoingOn();
        handle(handle).content.write(offset, bytes);
    }

    public void truncate(Node node, long length) {
        requireGoingOn();
        Opened opened = open(node, true);
        try {
            Handle handle = handle(opened.handle());
            handle.content.truncate(length);
            if (onlyOne(node)) {
                handle.content.flush(true);
            }
        } finally {
            release(opened.handle());
        }
    }

    private synchronized boolean onlyOne(Node node) {
        Shared shared = contents.get(node);
        return shared != null && shared.handles == 1;
    }

    public void flush(long handle) {
        Handle open = handle(handle);
        if (open.write) {
            open.content.flush(false);
        }
    }

    public void sync(long handle) {
        handle(handle).content.sync();
    }

    public void release(long handle) {
        Handle open = handles.remove(handle);
        if (open == null) {
            return;
        }
        if (isLast(open.node)) {
            // By now nobody is there to hear of an error: what was to be told was told at the flush before.
            finish(open.node, open.content);
        }
        let(open.node);
    }

    private synchronized boolean isLast(Node node) {
        Shared shared = contents.get(node);
        return shared != null && shared.handles == 1;
    }

    private void let(Node node) {
        Content over = null;
        synchronized (this) {
            Shared shared = contents.get(node);
            if (shared != null && --shared.handles == 0) {
                contents.remove(node);
                over = shared.content;
            }
        }
        if (over != null) {
            over.close();
            if (!over.isMade()) {
                tree.vanished(node);
            }
        }
    }

    private boolean finish(Node node, Content content) {
        try {
            content.flush(true);
            return true;
        } catch (RuntimeException e) {
            LOG.error("lost what was written: path={} error={}", tree.path(node), e.toString());
            return false;
        }
    }

    /** From now on nothing more is taken; what was written goes to the grid. Returns whether all of it is there. */
    public boolean writeBack() {
        ending = true;
        Map<Node, Content> open = new HashMap<>();
        synchronized (this) {
            contents.forEach((node, shared) -> open.put(node, shared.content));
        }
        boolean all = true;
        for (Map.Entry<Node, Content> each : open.entrySet()) {
            all &= finish(each.getKey(), each.getValue());
        }
        return all;
    }

    /** The files that have something which is not in the grid yet. */
    public List<String> unwritten() {
        List<Node> owed = new ArrayList<>();
        synchronized (this) {
            contents.forEach((node, shared) -> {
                if (shared.content.isOwed()) {
                    owed.add(node);
                }
            });
        }
        return owed.stream().map(tree::path).sorted().toList();
    }

    /** Ends what is being read ahead. Idempotent. */
    @Override
    public void close() {
        ahead.close();
    }

    private void requireGoingOn() {
        if (ending) {
            throw new Refusal(Errno.ESHUTDOWN, "the mount is ending");
        }
    }

    private Handle handle(long number) {
        Handle handle = handles.get(number);
        if (handle == null) {
            throw new Refusal(Errno.EBADF, "no handle " + number);
        }
        return handle;
    }
}

package io.swarmgrid.mount.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Opened;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Stale;
import io.swarmgrid.mount.tree.Tree;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is open here, by handle, and its content, one for all handles of a file. Thread-safe. */
public final class OpenFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    /** So many files are brought to the grid at once when the mount ends. */
    private static final int MOST_WRITTEN_BACK = 8;
    /** More are in the log alone. */
    private static final int MOST_LOST = 10_000;

    private final Grid grid;
    private final Tree tree;
    private final SpoolSpace space;
    private final ReadAhead ahead = new ReadAhead();
    private final AtomicLong lastHandle = new AtomicLong();
    private final Map<Long, Handle> handles = new ConcurrentHashMap<>();
    private volatile boolean ending;

    @GuardedBy("this")
    private final Map<Node, Shared> contents = new HashMap<>();

    /** Paths of files whose last bytes did not come to the grid. */
    @GuardedBy("this")
    private final Set<String> lost = new TreeSet<>();

    private record Handle(Node node, Content content, boolean write) {}

    /** Counted under the lock of all. */
    private static final class Shared {
        private final Content content;
        private int handles;
        /** Handles, and who is about to do something for a file whose last one may be gone. */
        private int uses;

        Shared(Content content) {
            this.content = content;
        }
    }

    public OpenFiles(Grid grid, Tree tree, SpoolSpace space) {
        this.grid = grid;
        this.tree = tree;
        this.space = space;
    }

    /** Makes an empty file at a path, where none is; {@link #created} follows. */
    public FileStatus create(String path, String owner, String group, int permission) {
        requireGoingOn();
        return grid.create(path, owner, group, permission);
    }

    /** Opens the node of a file that was just made. */
    public Opened created(Node node, FileStatus status, long madeNanos) {
        Content content = hold(node, status, madeNanos);
        node.caches(status, madeNanos);
        return new Opened(handle(new Handle(node, content, true)), false, true);
    }

    /** Opens a file that begins empty, and that somebody else has made. */
    public Opened openEmptied(Node node) {
        Opened opened = open(node, true);
        boolean emptied = false;
        try {
            handle(opened.handle()).content.truncate(0);
            emptied = true;
            return opened;
        } finally {
            if (!emptied) {
                release(opened.handle());
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
        Content content = hold(node, status, askedNanos);
        content.refreshed(status, askedNanos);
        boolean keep = node.caches(status, askedNanos);
        return new Opened(handle(new Handle(node, content, write)), keep, write);
    }

    private long handle(Handle handle) {
        long number = lastHandle.incrementAndGet();
        handles.put(number, handle);
        return number;
    }

    private synchronized Content hold(Node node, FileStatus status, long askedNanos) {
        Shared shared = contents.get(node);
        if (shared == null) {
            GridFile file = new GridFile(grid, tree, node, status);
            shared = new Shared(new Content(file, space, ahead, node, askedNanos));
            contents.put(node, shared);
        }
        shared.handles++;
        shared.uses++;
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
        Content there = use(node);
        if (there == null) {
            Opened opened = open(node, true);
            try {
                handle(opened.handle()).content.truncate(length);
                flush(opened.handle()); // who has asked is told of an error
            } finally {
                release(opened.handle());
            }
            return;
        }
        try {
            attributes(node); // by what was written elsewhere since it was opened
            there.truncate(length);
            if (!isOpen(node)) {
                there.flush(true); // its last handle has gone meanwhile
            }
        } finally {
            let(node);
        }
    }

    private synchronized boolean isOpen(Node node) {
        Shared shared = contents.get(node);
        return shared != null && shared.handles > 0;
    }

    /** The content of what is open here, which stays open until it is {@link #let}; null for what is not. */
    private synchronized @Nullable Content use(Node node) {
        Shared shared = contents.get(node);
        if (shared == null || shared.handles == 0) {
            return null;
        }
        shared.uses++;
        return shared.content;
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
        if (leaves(open.node)) {
            // By now nobody is there to hear of an error: what was to be told was told at the flush before.
            finish(open.node, open.content);
        }
        let(open.node);
    }

    /** A handle is gone; returns whether it was the last one. What it used is to be {@link #let} still. */
    private synchronized boolean leaves(Node node) {
        Shared shared = contents.get(node);
        return shared != null && --shared.handles == 0;
    }

    private void let(Node node) {
        Content over = null;
        synchronized (this) {
            Shared shared = contents.get(node);
            if (shared != null && --shared.uses == 0) {
                contents.remove(node);
                over = shared.content;
            }
        }
        if (over != null) {
            over.close();
        }
    }

    private void finish(Node node, Content content) {
        try {
            content.flush(true);
        } catch (RuntimeException | Error e) {
            String path = tree.path(node);
            LOG.error("lost what was written: path={} error={}", path, e.toString());
            lost(path);
        }
    }

    private synchronized void lost(String path) {
        if (lost.size() < MOST_LOST) {
            lost.add(path);
        }
    }

    /**
     * From now on nothing more is taken; what was written goes to the grid, some files at once.
     *
     * @param patience how long that may take
     * @return the files that are not there as they were written, those among them that could not be brought there before
     */
    public List<String> writeBack(Duration patience) throws InterruptedException {
        ending = true;
        Map<Node, Content> open = new HashMap<>();
        synchronized (this) {
            contents.forEach((node, shared) -> {
                if (shared.content.isOwed()) {
                    shared.uses++;
                    open.put(node, shared.content);
                }
            });
        }
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(MOST_WRITTEN_BACK, work -> {
            Thread thread = new Thread(work, "mount-write-back-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        open.forEach((node, content) -> threads.execute(() -> {
            finish(node, content);
            let(node);
        }));
        threads.shutdown();
        threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
        Set<String> left = new TreeSet<>(unwritten());
        synchronized (this) {
            left.addAll(lost);
        }
        return List.copyOf(left);
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

package io.swarmgrid.client.bytes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where an upload may write in place: what the node has said of its blocks, and the one that takes the next bytes. The
 * answers come from any thread; all else is confined to the thread of the upload.
 */
final class Places implements AutoCloseable {
    /** How long the node may take to say where the next block lies; past that the bytes are sent. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String path;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** In order; never more than two that are still of use. */
    @GuardedBy("lock")
    private final Deque<BlockPlace> offered = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean ended;

    /** Whether the node says where each block lies. */
    private boolean local;
    /** Up to where the node has said it. */
    private long offeredUpTo;

    private @Nullable InPlace open;

    /** @param local whether the node was asked to say where each block lies */
    Places(String path, boolean local) {
        this.path = path;
        this.local = local;
    }

    /** Nothing before that place is written. */
    void beginAt(long position) {
        offeredUpTo = position;
    }

    /** The node has said where a block lies. Any thread. */
    void offer(BlockPlace place) {
        lock.lock();
        try {
            offered.addLast(place);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more comes from the node. Any thread. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The block file that takes the bytes at a position; null where they have to be sent, as the first ones of a file are,
     * which make the node open a block and say where it lies.
     */
    @Nullable
    InPlace at(long position) {
        InPlace present = open;
        if (present != null && present.room(position) > 0) {
            return present;
        }
        close();
        if (!local) {
            return null;
        }
        // At the very beginning of a block the node may not have opened it yet, and does so with the bytes that are
        // sent.
        BlockPlace next = next(position, position > offeredUpTo ? PATIENCE : Duration.ZERO);
        if (next == null) {
            local = position <= offeredUpTo;
            return null;
        }
        offeredUpTo = next.endOffset();
        open = InPlace.open(next).filter(each -> each.room(position) > 0).orElse(null);
        return open;
    }

    /** Writes nothing in place any more. */
    void giveUp() {
        close();
        local = false;
    }

    /** Leaves the block that is being written. Idempotent. */
    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    private @Nullable BlockPlace next(long position, Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (true) {
                BlockPlace next = offered.peekFirst();
                if (next != null && next.endOffset() <= position) {
                    offered.removeFirst();
                } else if (next != null && next.offset() <= position) {
                    return offered.removeFirst();
                } else if (ended || left <= 0) {
                    return null;
                } else {
                    left = changed.awaitNanos(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted: put " + path, e);
        } finally {
            lock.unlock();
        }
    }
}

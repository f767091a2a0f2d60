package io.swarmgrid.storage.mounted;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A page on its way: its bytes are here for whoever came before it has ended. Thread-safe. */
final class PageFlight {
    private final SealedBlock page;
    private final long index;

    @GuardedBy("this")
    private @Nullable ByteBuf bytes;

    @GuardedBy("this")
    private @Nullable GridException failure;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private int waiting;

    @GuardedBy("this")
    private boolean came;

    PageFlight(SealedBlock page, long index) {
        this.page = page;
        this.index = index;
    }

    SealedBlock page() {
        return page;
    }

    long index() {
        return index;
    }

    /** Whoever does this calls {@link #await}; false where it is too late. */
    synchronized boolean enter() {
        if (ended) {
            return false;
        }
        waiting++;
        return true;
    }

    /**
     * Waits for a part of it.
     *
     * @return the caller releases it; null where nobody brings it any more, since it is near
     * @throws GridException what kept it from coming; UNAVAILABLE where it takes too long; CANCELLED when interrupted
     */
    @Nullable
    ByteBuf await(int from, int length, long patienceNanos) {
        ByteBuf unused;
        try {
            synchronized (this) {
                long deadline = System.nanoTime() + patienceNanos;
                while (bytes == null && !ended) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        throw new GridException(ErrorCode.UNAVAILABLE, "no answer of the outer store yet");
                    }
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
                if (bytes == null && failure != null) {
                    throw failure;
                }
                return bytes == null ? null : bytes.retainedSlice(bytes.readerIndex() + from, length);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting for a page", e);
        } finally {
            synchronized (this) {
                waiting--;
                unused = unused();
            }
            release(unused);
        }
    }

    /** Waits until it has ended, and so is kept if it is; not longer than that. */
    synchronized void awaitEnd(long atMostNanos) {
        long deadline = System.nanoTime() + atMostNanos;
        try {
            for (long left = atMostNanos; !ended && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized boolean hasCome() {
        return came;
    }

    /** @return whether the bytes are its now; false where it has them, or has ended */
    synchronized boolean come(ByteBuf whole) {
        if (ended || bytes != null) {
            return false;
        }
        bytes = whole;
        came = true;
        notifyAll();
        return true;
    }

    /** Who has entered gets what has come, or the failure. Idempotent. */
    void end(@Nullable GridException why) {
        ByteBuf unused;
        synchronized (this) {
            ended = true;
            if (failure == null) {
                failure = why;
            }
            notifyAll();
            unused = unused();
        }
        release(unused);
    }

    @GuardedBy("this")
    private @Nullable ByteBuf unused() {
        if (!ended || waiting > 0) {
            return null;
        }
        ByteBuf last = bytes;
        bytes = null;
        return last;
    }

    private static void release(@Nullable ByteBuf last) {
        if (last != null) {
            last.release();
        }
    }
}

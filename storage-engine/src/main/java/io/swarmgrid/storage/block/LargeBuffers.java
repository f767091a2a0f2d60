package io.swarmgrid.storage.block;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Direct buffers of a megabyte and more, the last one given back used again first: it may still be in the processor's cache,
 * and its pages are there. Thread-safe.
 */
/*
 * Netty's pool frees a chunk of memory as soon as nothing of it is in use, which a batch that fills most of a chunk brings
 * about each time: then every batch is copied into pages that the system has yet to clear and to map.
 */
final class LargeBuffers implements AutoCloseable {
    static final int LEAST_BYTES = 1 << 20;
    /** Larger ones are rare; they are made and freed. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int STEP_BYTES = 512 << 10;

    @GuardedBy("this")
    private long maxKeptBytes;

    @GuardedBy("this")
    private final List<Deque<ByteBuf>> bySteps = new ArrayList<>();

    @GuardedBy("this")
    private long keptBytes;

    /** @param maxKeptBytes how much memory that nobody uses is kept at most */
    LargeBuffers(long maxKeptBytes) {
        this.maxKeptBytes = maxKeptBytes;
    }

    /** A buffer with room for that much or somewhat more; to be given back with {@link #giveBack}. */
    ByteBuf take(int sizeBytes) {
        int steps = steps(sizeBytes);
        if (sizeBytes <= MOST_BYTES) {
            synchronized (this) {
                ByteBuf kept = steps < bySteps.size() ? bySteps.get(steps).pollFirst() : null;
                if (kept != null) {
                    keptBytes -= kept.capacity();
                    return kept;
                }
            }
        }
        int rounded = sizeBytes <= MOST_BYTES ? steps * STEP_BYTES : sizeBytes;
        return UnpooledByteBufAllocator.DEFAULT.directBuffer(rounded, rounded);
    }

    /** Takes over what {@link #take} gave. */
    void giveBack(ByteBuf buffer) {
        if (buffer.capacity() <= MOST_BYTES) {
            synchronized (this) {
                if (keptBytes + buffer.capacity() <= maxKeptBytes) {
                    int steps = steps(buffer.capacity());
                    while (bySteps.size() <= steps) {
                        bySteps.add(new ArrayDeque<>());
                    }
                    bySteps.get(steps).addFirst(buffer);
                    keptBytes += buffer.capacity();
                    return;
                }
            }
        }
        buffer.release();
    }

    /** Frees what is kept; what is given back from now on is freed at once. */
    // Netty's direct buffers have no cleaner: without this they outlive the pool that kept them.
    @Override
    public synchronized void close() {
        maxKeptBytes = 0;
        for (Deque<ByteBuf> kept : bySteps) {
            kept.forEach(ByteBuf::release);
            kept.clear();
        }
        keptBytes = 0;
    }

    private static int steps(int sizeBytes) {
        return (int) (((long) sizeBytes + STEP_BYTES - 1) / STEP_BYTES);
    }
}

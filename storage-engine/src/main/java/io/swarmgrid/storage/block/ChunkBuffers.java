package io.swarmgrid.storage.block;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The node's memory for chunks on their way between disk and network: direct buffers from a pool, together never more
 * than a bound. Who takes a buffer owns it and releases it; only that gives its room back. Thread-safe and fair: a large
 * request is not overtaken for ever by small ones. Closing it frees what is kept for later use; buffers that are still taken
 * stay usable, and what they hold is freed with them.
 */
public final class ChunkBuffers implements AutoCloseable {
    private static final int UNIT_BYTES = 4 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int PAGE_BYTES = 8 << 10;
    private static final int PAGES_ORDER = 9;
    private static final int ARENAS = 2;
    private static final long MAX_KEPT_BYTES = 32L << 20;

    /** One for the process: Netty frees the last chunks of a pool that nobody uses any more late or never. */
    private static final PooledByteBufAllocator POOL =
            new PooledByteBufAllocator(true, 0, ARENAS, PAGE_BYTES, PAGES_ORDER, 0, 0, false);

    private final int units;
    private final long patienceNanos;
    private final Semaphore free;
    private final LargeBuffers large;

    public ChunkBuffers(long maxBytes) {
        this(maxBytes, PATIENCE);
    }

    /** @param patience how long {@link #take} waits for room */
    public ChunkBuffers(long maxBytes, Duration patience) {
        if (maxBytes < UNIT_BYTES || maxBytes / UNIT_BYTES > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("bad bound of the chunk buffers: maxBytes=" + maxBytes);
        }
        this.units = (int) (maxBytes / UNIT_BYTES);
        this.patienceNanos = patience.toNanos();
        this.free = new Semaphore(units, true);
        this.large = new LargeBuffers(Math.min(maxBytes / 4, MAX_KEPT_BYTES));
    }

    /**
     * An empty direct buffer with room for {@code size} bytes and no more; the caller releases it. Waits for room.
     *
     * @throws GridException OVERLOADED when none came free in time, or the whole pool is smaller than this;
     *     CANCELLED when interrupted
     */
    public ByteBuf take(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("bad buffer: size=" + size);
        }
        if (size == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        int wanted = (int) (((long) size + UNIT_BYTES - 1) / UNIT_BYTES);
        acquire(wanted, size);
        boolean taken = false;
        try {
            ByteBuf room = size < LargeBuffers.LEAST_BYTES ? POOL.directBuffer(size, size) : large.take(size);
            Chunk chunk = new Chunk(this, room, size, wanted);
            taken = true;
            return chunk;
        } catch (OutOfMemoryError e) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "no direct memory for a buffer: size_bytes=" + size + ", " + this,
                    null,
                    "raise -XX:MaxDirectMemorySize or lower storage.read-buffers",
                    e);
        } finally {
            if (!taken) {
                free.release(wanted);
            }
        }
    }

    @Override
    public void close() {
        large.close();
    }

    /** What is taken and not yet released. */
    public long outstandingBytes() {
        return (long) (units - free.availablePermits()) * UNIT_BYTES;
    }

    public long maxBytes() {
        return (long) units * UNIT_BYTES;
    }

    @Override
    public String toString() {
        return "chunk buffers: outstanding_bytes=" + outstandingBytes() + " of " + maxBytes();
    }

    private void acquire(int wanted, int size) {
        try {
            if (wanted <= units && free.tryAcquire(wanted, patienceNanos, TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting for a buffer", e);
        }
        throw new GridException(
                ErrorCode.OVERLOADED,
                "no room for a buffer: size_bytes=" + size + ", " + this,
                null,
                "raise storage.read-buffers",
                null);
    }

    private void giveBack(ByteBuf room, int size, int wanted) {
        if (size < LargeBuffers.LEAST_BYTES) {
            room.release();
        } else {
            large.giveBack(room);
        }
        free.release(wanted);
    }

    /** A part of the pool's memory that gives it back when the last reference goes. */
    private static final class Chunk extends UnpooledUnsafeDirectByteBuf {
        private final ChunkBuffers owner;
        private final ByteBuf room;
        private final int size;
        private final int units;

        Chunk(ChunkBuffers owner, ByteBuf room, int size, int units) {
            super(room.alloc(), room.nioBuffer(0, size), size);
            this.owner = owner;
            this.room = room;
            this.size = size;
            this.units = units;
            clear();
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            owner.giveBack(room, size, units);
        }
    }
}

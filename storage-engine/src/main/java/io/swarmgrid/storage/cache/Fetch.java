package io.swarmgrid.storage.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.SealedBlock;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one block, once for all who want it: whoever reads in order gets what has come, and waits for what comes next. It waits for no
 * reader. Thread-safe.
 */
final class Fetch {
    private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);
    /** Who is further ahead of what has come asks for it himself. */
    private static final long MAX_AHEAD_BYTES = 8L << 20;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SealedBlock block;
    private final Shelf shelf;
    private final Origin origin;

    @GuardedBy("this")
    private @Nullable BlockReader reader;

    @GuardedBy("this")
    private int readers;

    /** What has come last: whoever waits for it has it before it is in the file, and need not read it from there. */
    @GuardedBy("this")
    private @Nullable ByteBuf latest;

    @GuardedBy("this")
    private long latestFrom;

    /** What is in the file. */
    @GuardedBy("this")
    private long comeBytes;

    @GuardedBy("this")
    private boolean ended;

    private volatile @Nullable GridException failure;

    /** @param origin its from now on */
    Fetch(SealedBlock block, Shelf shelf, Origin origin) {
        this.block = block;
        this.shelf = shelf;
        this.origin = origin;
    }

    /** Brings all of it; true where there is a near copy then. */
    boolean run(ChunkBuffers buffers, int chunkBytes) {
        NearWriter writer = null;
        boolean whole = false;
        try {
            writer = shelf.begin(block);
            if (writer != null && fill(writer, buffers, chunkBytes)) {
                whole = shelf.finish(block, writer);
            }
        } catch (GridException | IOException e) {
            LOG.debug("near copy was not made: block={} reason={}", block.id(), e.toString());
            failure = e instanceof GridException told
                    ? told
                    : new GridException(ErrorCode.INTERNAL, "cannot write a near copy: block=" + block.id(), e);
        } finally {
            origin.close();
            if (!whole && writer != null) {
                shelf.forget(block);
            }
            end();
        }
        return whole;
    }

    /** Why there is no near copy; null where there is, or where it had no room. */
    @Nullable
    GridException failure() {
        return failure;
    }

    /**
     * Returns when it has ended.
     *
     * @throws GridException CANCELLED when interrupted
     */
    synchronized void awaitEnd() {
        try {
            while (!ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting for block=" + block.id(), e);
        }
    }

    /** There is nobody to do it. */
    void giveUp() {
        origin.close();
        end();
    }

    /**
     * Reads what has come, or comes soon.
     *
     * @param inOrder whether the caller waits for it
     * @return null where it has to be asked for elsewhere
     * @throws GridException CANCELLED when interrupted
     */
    @Nullable
    ByteBuf read(long from, int length, boolean inOrder) {
        BlockReader open;
        synchronized (this) {
            await(from, from + length, inOrder);
            ByteBuf last = latest;
            if (last != null && has(from, from + length)) {
                return last.retainedSlice((int) (from - latestFrom), length);
            }
            open = reader;
            if (comeBytes < from + length || open == null) {
                return null;
            }
            readers++;
        }
        try {
            return open.read(from, length);
        } catch (GridException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            LOG.debug("near copy cannot be read yet: block={} reason={}", block.id(), e.toString());
            return null;
        } finally {
            leave();
        }
    }

    private boolean fill(NearWriter writer, ChunkBuffers buffers, int chunkBytes) throws IOException {
        synchronized (this) {
            reader = shelf.open(block, writer);
        }
        for (long at = 0; at < block.lengthBytes(); ) {
            int length = (int) Math.min(chunkBytes, block.lengthBytes() - at);
            ByteBuf chunk = buffers.take(length);
            try {
                origin.read(chunk, at, length);
                show(chunk, at);
                if (!writer.write(chunk)) {
                    return false;
                }
            } finally {
                chunk.release();
            }
            at += length;
            synchronized (this) {
                comeBytes = at;
                notifyAll();
            }
        }
        return true;
    }

    private synchronized void show(ByteBuf chunk, long from) {
        forgetLatest();
        latest = chunk.retain();
        latestFrom = from;
        notifyAll();
    }

    @GuardedBy("this")
    private void forgetLatest() {
        if (latest != null) {
            latest.release();
            latest = null;
        }
    }

    @GuardedBy("this")
    private boolean has(long from, long until) {
        return latest != null && from >= latestFrom && until <= latestFrom + latest.readableBytes();
    }

    /** Until so much has come, or it is no use to wait for that. */
    @GuardedBy("this")
    private void await(long from, long until, boolean inOrder) {
        long seen = comeBytes;
        long since = System.nanoTime();
        while (comeBytes < until && !has(from, until) && !ended) {
            if (!inOrder || until - comeBytes > MAX_AHEAD_BYTES) {
                return;
            }
            if (comeBytes > seen) {
                seen = comeBytes;
                since = System.nanoTime();
            }
            long leftNanos = since + PATIENCE_NANOS - System.nanoTime();
            if (leftNanos <= 0) {
                return;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting for block=" + block.id(), e);
            }
        }
    }

    private void leave() {
        BlockReader last;
        synchronized (this) {
            readers--;
            last = unused();
        }
        close(last);
    }

    private void end() {
        BlockReader last;
        synchronized (this) {
            ended = true;
            forgetLatest();
            notifyAll();
            last = unused();
        }
        close(last);
    }

    @GuardedBy("this")
    private @Nullable BlockReader unused() {
        BlockReader last = ended && readers == 0 ? reader : null;
        if (last != null) {
            reader = null;
        }
        return last;
    }

    private static void close(@Nullable BlockReader last) {
        if (last != null) {
            last.close();
        }
    }
}

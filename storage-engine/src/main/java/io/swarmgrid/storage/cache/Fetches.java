package io.swarmgrid.storage.cache;

import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The copies that are being brought: each block once at a time, and so many blocks at most. Thread-safe. */
final class Fetches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fetches.class);
    private static final int IDLE_SECONDS = 30;
    private static final int END_SECONDS = 30;

    private final ConcurrentMap<SealedBlock, Fetch> running = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private final ChunkBuffers buffers;
    private final int chunkBytes;
    private final LongAdder made = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /**
     * None yet.
     *
     * @param most at a time
     * @param chunkBytes brought at once; whole spans
     */
    Fetches(int most, ChunkBuffers buffers, int chunkBytes) {
        this.buffers = buffers;
        this.chunkBytes = chunkBytes;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(0, most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "near-fetch-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Whoever brings it now. */
    @Nullable
    Fetch find(SealedBlock block) {
        return running.get(block);
    }

    /**
     * Has a block brought, unless somebody does.
     *
     * @return who brings it; null where it is there by now, or too many are being brought
     */
    @Nullable
    Fetch begin(SealedBlock block, Shelf shelf, Supplier<Origin> origin) {
        Fetch other = running.get(block);
        if (other != null) {
            return other;
        }
        Fetch mine = new Fetch(block, shelf, origin.get());
        other = running.putIfAbsent(block, mine);
        if (other != null || shelf.has(block)) {
            running.remove(block, mine);
            mine.giveUp();
            return other;
        }
        try {
            threads.execute(() -> bring(block, mine));
            return mine;
        } catch (RejectedExecutionException e) {
            running.remove(block, mine);
            mine.giveUp();
            return null;
        }
    }

    /**
     * Brings a block on this thread; readers have what has come of it, as of any other. Where somebody brings it already this only waits
     * for that.
     *
     * @return what has ended; null where it was somebody else's, or the block is there
     */
    @Nullable
    Fetch bring(SealedBlock block, Shelf shelf, Supplier<Origin> origin) {
        Fetch mine = new Fetch(block, shelf, origin.get());
        Fetch other = running.putIfAbsent(block, mine);
        if (other == null && !shelf.has(block)) {
            bring(block, mine);
            return mine;
        }
        running.remove(block, mine);
        mine.giveUp();
        if (other != null) {
            other.awaitEnd();
        }
        return null;
    }

    long made() {
        return made.sum();
    }

    long failed() {
        return failed.sum();
    }

    /** What is being brought is given up. Idempotent. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("near copies are still being made: {}", threads);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void bring(SealedBlock block, Fetch fetch) {
        boolean whole = false;
        try {
            whole = fetch.run(buffers, chunkBytes);
        } finally {
            running.remove(block, fetch);
            (whole ? made : failed).increment();
        }
    }
}

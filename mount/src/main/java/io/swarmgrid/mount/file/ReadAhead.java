package io.swarmgrid.mount.file;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fetches pieces of files before they are asked for: so many at once, and so many at hand, of all files together. What goes beyond that is not
 * read ahead. Thread-safe.
 */
final class ReadAhead implements AutoCloseable {
    static final int MAX_PIECES = 32;
    private static final int MAX_THREADS = 8;
    private static final int IDLE_SECONDS = 30;

    private final Semaphore pieces = new Semaphore(MAX_PIECES);
    private final ThreadPoolExecutor threads;

    ReadAhead() {
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "mount-ahead-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Begins to fetch a piece, for which there is room until it is given back; returns false where there is none. */
    boolean begin(Runnable fetch) {
        if (!pieces.tryAcquire()) {
            return false;
        }
        try {
            threads.execute(fetch);
            return true;
        } catch (RejectedExecutionException e) {
            pieces.release();
            return false;
        }
    }

    void giveBack(int count) {
        pieces.release(count);
    }

    int piecesLeft() {
        return pieces.availablePermits();
    }

    /** Interrupts what is being fetched. Idempotent. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}

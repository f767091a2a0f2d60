package io.swarmgrid.storage.load;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who look at files and bring blocks, for one run at a time; each may have one piece of work before it. Thread-safe. */
final class LoadWorkers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadWorkers.class);
    private static final int IDLE_SECONDS = 10;
    private static final int END_SECONDS = 10;

    private final ThreadPoolExecutor threads;
    private final int most;
    private final Semaphore permits;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    LoadWorkers(int workers) {
        this.most = 2 * workers;
        this.permits = new Semaphore(most);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                workers, workers, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(most), work -> {
                    Thread thread = new Thread(work, "load-worker-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Waits until there is somebody for it. */
    void run(Runnable work) throws InterruptedException {
        permits.acquire();
        boolean taken = false;
        try {
            threads.execute(() -> work(work));
            taken = true;
        } catch (RejectedExecutionException e) {
            throw new GridException(ErrorCode.CANCELLED, "this node stops", e);
        } finally {
            if (!taken) {
                permits.release();
            }
        }
    }

    /** Returns when all work has ended; throws what some of it was ended by. */
    void await() throws InterruptedException {
        permits.acquire(most);
        permits.release(most);
        Throwable thrown = failure.getAndSet(null);
        if (thrown instanceof GridException told) {
            throw told;
        }
        if (thrown != null) {
            throw new GridException(ErrorCode.INTERNAL, "a file could not be looked at: " + thrown, thrown);
        }
    }

    private void work(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) { // else the load would end as if it had found all
            failure.compareAndSet(null, e);
        } finally {
            permits.release();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow().forEach(unused -> permits.release());
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a load is still at work: {}", threads);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.swarmgrid.storage.block;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Begins to put long blocks on the device while they are still being written, so that sealing one does not wait for all
 * of it. Only a head start: where it falls behind, requests are dropped. One thread, bounded queue.
 */
final class WriteBack implements AutoCloseable {
    /** How much of a block is written before the next head start. */
    static final long STEP_BYTES = 16L << 20;

    private static final int QUEUE_BOUND = 128;

    private final ThreadPoolExecutor executor;

    WriteBack() {
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE_BOUND),
                work -> {
                    Thread thread = new Thread(work, "block-write-back");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        executor.allowCoreThreadTimeOut(true);
    }

    void later(Runnable force) {
        executor.execute(force);
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}

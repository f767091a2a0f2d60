package io.swarmgrid.node;

import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small things that are due every now and then, one after the other on one thread. Thread-safe. */
final class Chores implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Chores.class);
    private static final long STOP_SECONDS = 2;

    private final ScheduledExecutorService thread;

    Chores(String threadName) {
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread worker = new Thread(task, threadName);
            worker.setDaemon(true);
            return worker;
        });
    }

    /** What fails is tried again when it is due again. */
    void every(Duration pause, String what, Runnable chore) {
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                () -> run(pause, what, chore), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** At once, and again after each pause until it says that it is done. */
    void until(Duration pause, String what, BooleanSupplier chore) {
        thread.execute(() -> {
            boolean[] done = {false};
            run(pause, what, () -> done[0] = chore.getAsBoolean());
            if (!done[0]) {
                ScheduledFuture<?> unused =
                        thread.schedule(() -> until(pause, what, chore), pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    private static void run(Duration pause, String what, Runnable chore) {
        try {
            chore.run();
        } catch (GridException e) {
            log.debug("put off: what={} problem={}", what, e.getMessage());
        } catch (RuntimeException e) {
            log.warn("failed, and tried again in {}: what={}", pause, what, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                log.warn("a chore did not end within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.swarmgrid.storage.membership;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A thread of its own that does one thing again and again. Thread-safe. */
final class Rounds implements AutoCloseable {
    private static final long PAUSE_MS = 200;

    private final ScheduledExecutorService thread;

    /** @param name the thread's */
    Rounds(String name) {
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread worker = new Thread(task, name);
            worker.setDaemon(true);
            return worker;
        });
    }

    /** @param round must not throw: its future says nothing, and there would be no next one */
    void begin(Runnable round) {
        var unused = thread.scheduleWithFixedDelay(round, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    /** One more, as soon as the thread is free. */
    void atOnce(Runnable round) {
        thread.execute(round);
    }

    /** Interrupts what is being done. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}

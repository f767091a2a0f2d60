package io.swarmgrid.tasks;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.TasksConfig;
import io.swarmgrid.storage.namespace.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Every node sees to the tasks whose key it has. How many have ended is a matter of the whole grid: each node asks all of them
 * when they ended, and finds the moment before which there is one too many. A result goes before its task, a task before
 * its splits: what is cut off in between is found again, as a task, or as splits and operations without one.
 */
/** Forgets ended tasks with their results, by number and by age. Owns its thread. */
final class Retention implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Retention.class);
    private static final Duration MOST_OFTEN = Duration.ofSeconds(1);
    private static final Duration LEAST_OFTEN = Duration.ofMinutes(1);
    /** A submission that takes longer than this has failed: what it left belongs to nobody. */
    private static final Duration SUBMISSION = Duration.ofHours(1);

    private static final long CLOSE_SECONDS = 10;

    private final TaskLedger ledger;
    private final Files files;
    private final TasksConfig config;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread worker = new Thread(task, "task-retention");
        worker.setDaemon(true);
        return worker;
    });

    Retention(TaskLedger ledger, Files files, TasksConfig config, Clock clock) {
        this.ledger = ledger;
        this.files = files;
        this.config = config;
        this.clock = clock;
    }

    void start() {
        Duration tenth = config.keepFor().dividedBy(10);
        Duration pause =
                tenth.compareTo(MOST_OFTEN) < 0 ? MOST_OFTEN : tenth.compareTo(LEAST_OFTEN) > 0 ? LEAST_OFTEN : tenth;
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::tryRun, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("the retention of tasks did not end within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryRun() {
        try {
            run();
        } catch (GridException e) {
            log.debug("forgetting ended tasks is put off: reason={}", e.getMessage());
        } catch (RuntimeException e) {
            log.warn("cannot forget ended tasks, trying again", e);
        }
    }

    void run() {
        long nowMs = clock.millis();
        long limitMs = Math.max(nowMs - config.keepFor().toMillis(), oneTooManyMs());
        for (TaskRecord task : ledger.endedHere(limitMs)) {
            files.remove(TaskService.resultPath(task.id()), true, null);
            ledger.forget(task);
            log.info("task forgotten: task={}, state={}, ended_ms={}", task.id(), task.state(), task.finishedMs());
        }
        ledger.dropLeftovers(TaskId.before(nowMs - SUBMISSION.toMillis()));
    }

    /** When the latest of those tasks ended that are too many; long ago where there are not so many. */
    private long oneTooManyMs() {
        long[] ended = ledger.endedMs();
        if (ended.length <= config.keepFinished()) {
            return Long.MIN_VALUE;
        }
        Arrays.sort(ended);
        return ended[ended.length - 1 - config.keepFinished()];
    }
}

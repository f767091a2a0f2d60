package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RestoreRequest;
import io.swarmgrid.storage.backup.RestoreGate;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import javax.annotation.concurrent.GuardedBy;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what a backup has. Thread-safe; one run at a time on a node, on a thread of its own, {@code restore}, and one in
 * the whole grid.
 */
public final class GridRestore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GridRestore.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final long STOP_MS = 5000;

    private final Ignite ignite;
    private final Runner runner;
    private final GridBackups backups;
    private final RestoreGate gate;
    private final Setting setting;

    @GuardedBy("this")
    private @Nullable RestoreRun run;

    @GuardedBy("this")
    private @Nullable Thread thread;

    /** @param replicas how many copies there are to be of files of which nothing else is known */
    record Setting(int replicas, Clock clock) {}

    GridRestore(Ignite ignite, Runner runner, GridBackups backups, RestoreGate gate, Setting setting) {
        this.ignite = ignite;
        this.runner = runner;
        this.backups = backups;
        this.gate = gate;
        this.setting = setting;
    }

    /**
     * Begins a run, or looks after one, and answers how far it is when it has ended, or after a few seconds.
     *
     * @throws GridException NOT_FOUND, INVALID_ARGUMENT, NO_QUORUM; PRECONDITION_FAILED where the backup is of another grid or lacks
     *     parts; CONFLICT where this node is at another run
     */
    public RecoverResult restore(RestoreRequest ask) {
        RestoreRun asked = ask.run() == null ? begin(ask) : find(ask.run());
        try {
            worker().join(LOOK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return asked.result(gate.isClosed());
    }

    private synchronized RestoreRun find(String id) {
        if (run == null || !run.id().equals(id)) {
            throw new GridException(
                    ErrorCode.NOT_FOUND,
                    "this node is not at that restore, nor was it the last one: " + id,
                    null,
                    "begin it anew: what was done is found to be done",
                    null);
        }
        return run;
    }

    private synchronized Thread worker() {
        return thread == null ? Thread.currentThread() : thread;
    }

    private RestoreRun begin(RestoreRequest ask) {
        String directory = GridBackups.directory(ask.directory());
        FoundBackup backup = backups.require(directory, ask.name());
        requireOurs(backup);
        requireWhole(backup);
        boolean write = !Boolean.TRUE.equals(ask.dryRun());
        long now = setting.clock().millis();
        return start(new RestoreRun.Order(directory, backup, write, setting.replicas(), now));
    }

    private void requireOurs(FoundBackup backup) {
        String own = backups.owner().gridId();
        if (!backup.head().gridId().equals(own)) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the backup " + backup.head().name() + " is of another grid: "
                            + backup.head().gridName() + " (" + backup.head().gridId() + "), this one is " + own,
                    null,
                    "swarm backup --list shows those of this one",
                    null);
        }
    }

    private static void requireWhole(FoundBackup backup) {
        if (!backup.missing().isEmpty() || !backup.contradictions().isEmpty()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the backup " + backup.head().name() + " is not whole: partitions that no node has="
                            + backup.missing() + ", that parts contradict each other in=" + backup.contradictions()
                            + ", parts not found=" + backup.missingParts(),
                    null,
                    "start those nodes, or copy their parts to where other nodes look; swarm backup --list shows others",
                    null);
        }
    }

    private synchronized RestoreRun start(RestoreRun.Order order) {
        if (run != null && run.isRunning()) {
            throw new GridException(
                    ErrorCode.CONFLICT, "this node is at a restore: run=" + run.id(), null, "wait for its end", null);
        }
        RestoreRun next =
                new RestoreRun(ignite, runner, gate, order, UUID.randomUUID().toString());
        Thread worker = new Thread(() -> work(next, order), "restore");
        worker.setDaemon(true);
        run = next;
        thread = worker;
        worker.start();
        return next;
    }

    private void work(RestoreRun next, RestoreRun.Order order) {
        String name = order.backup().head().name();
        LOG.info("restore begins: run={}, backup={}, dry_run={}", next.id(), name, !order.write());
        try {
            next.run();
        } catch (RuntimeException e) {
            LOG.error("restore broken off: run={}", next.id(), e);
            next.fail("a fault in the program: " + e);
        }
        RecoverResult result = next.result(gate.isClosed());
        LOG.info(
                "restore ended: run={}, backup={}, state={}, phase={}, counts={}, closed={}",
                next.id(),
                name,
                result.state(),
                result.phase(),
                result.counts(),
                result.recovering());
    }

    /** Breaks a run off; it may be begun anew. */
    @Override
    public void close() {
        Thread worker;
        synchronized (this) {
            worker = thread;
        }
        if (worker != null) {
            worker.interrupt();
            try {
                worker.join(STOP_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

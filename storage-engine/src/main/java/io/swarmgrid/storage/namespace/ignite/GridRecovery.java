package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverRequest;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.journal.NamesJournal;
import io.swarmgrid.storage.membership.Recovering;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import javax.annotation.concurrent.GuardedBy;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the metadata of a grid anew after all of it was lost, from the journals of names and the block files of the nodes that are
 * up. Thread-safe; one run at a time on a node, on a thread of its own, {@code recovery}.
 */
public final class GridRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GridRecovery.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final long STOP_MS = 5000;

    private final Ignite ignite;
    private final Runner runner;
    private final Recovering recovering;
    private final int replicas;
    private final Clock clock;

    @GuardedBy("this")
    private @Nullable RecoveryRun run;

    @GuardedBy("this")
    private @Nullable Thread thread;

    GridRecovery(Ignite ignite, Runner runner, Recovering recovering, int replicas, Clock clock) {
        this.ignite = ignite;
        this.runner = runner;
        this.recovering = recovering;
        this.replicas = replicas;
        this.clock = clock;
    }

    /** Lets recoveries, whichever node does them, read what this node has. Both stay the caller's. */
    public void offer(NamesJournal journal, BlockStore blocks) {
        new RecoveryShare(journal, blocks).offer(ignite);
    }

    /**
     * Begins a run, or looks after one, and answers how far it is when it has ended, or after a few seconds.
     *
     * @throws GridException PRECONDITION_FAILED where the grid is not being recovered, CONFLICT where this node is at
     *     another run, NOT_FOUND where it does not know the run (any more): it may be begun anew
     */
    public RecoverResult recover(RecoverRequest ask) {
        RecoveryRun asked = ask.run() == null
                ? begin(Boolean.TRUE.equals(ask.dryRun()), Boolean.TRUE.equals(ask.finish()))
                : find(ask.run());
        try {
            worker().join(LOOK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return asked.result(recovering.isOn());
    }

    private synchronized RecoveryRun find(String id) {
        if (run == null || !run.id().equals(id)) {
            throw new GridException(
                    ErrorCode.NOT_FOUND,
                    "no such run of a recovery on this node: " + id,
                    null,
                    "begin it anew: what was done is found to be done",
                    null);
        }
        return run;
    }

    private synchronized Thread worker() {
        return thread == null ? Thread.currentThread() : thread;
    }

    private synchronized RecoveryRun begin(boolean dryRun, boolean finish) {
        if (dryRun && finish) {
            throw GridException.invalid("cannot recover: dry_run and finish exclude each other");
        }
        if (!recovering.isOn()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the grid is not being recovered: its metadata is there",
                    null,
                    "swarm fsck checks what it says; a grid is recovered after every node has lost its metadata and was"
                            + " started with --recover",
                    null);
        }
        if (!recovering.isLost()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the grid is being restored from a backup, and its metadata was not lost",
                    null,
                    "run swarm backup --restore NAME again: it goes on where it was broken off",
                    null);
        }
        if (run != null && run.isRunning()) {
            throw new GridException(
                    ErrorCode.CONFLICT, "this node is at a recovery: run=" + run.id(), null, "wait for its end", null);
        }
        RecoveryRun next = new RecoveryRun(
                ignite, runner, replicas, clock.millis(), UUID.randomUUID().toString());
        Thread worker = new Thread(() -> work(next, dryRun, finish), "recovery");
        worker.setDaemon(true);
        run = next;
        thread = worker;
        worker.start();
        return next;
    }

    private void work(RecoveryRun next, boolean dryRun, boolean finish) {
        LOG.info("recovery begins: run={}, dry_run={}, finish={}", next.id(), dryRun, finish);
        try {
            next.run(!dryRun, () -> {
                if (finish) {
                    recovering.end();
                }
            });
        } catch (RuntimeException e) {
            LOG.error("recovery broken off: run={}", next.id(), e);
            next.fail("a fault in the program: " + e);
        }
        RecoverResult result = next.result(recovering.isOn());
        LOG.info(
                "recovery ended: run={}, state={}, phase={}, counts={}, recovering={}",
                next.id(),
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

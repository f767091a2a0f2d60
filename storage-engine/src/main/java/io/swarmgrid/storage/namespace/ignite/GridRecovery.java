package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverRequest;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.journal.NamesJournal;
import io.swarmgrid.storage.membership.Recovering;
import io.swarmgrid.storage.run.SingleRun;
import java.time.Clock;
import java.util.UUID;
import org.apache.ignite.Ignite;

/**
 * Makes the metadata of a grid anew after all of it was lost, from the journals of names and the block files of the nodes that are
 * up. Thread-safe; one run at a time on a node, on a thread of its own, {@code recovery}.
 */
public final class GridRecovery implements AutoCloseable {
    private static final SingleRun.Words WORDS = new SingleRun.Words(
            "recovery",
            id -> "this node is at a recovery: run=" + id,
            "no such run of a recovery on this node",
            "begin it anew: what was done is found to be done");

    private final Ignite ignite;
    private final Runner runner;
    private final Recovering recovering;
    private final int replicas;
    private final Clock clock;
    private final SingleRun<RecoveryRun> runs = new SingleRun<>(WORDS);

    GridRecovery(Ignite ignite, Runner runner, Recovering recovering, int replicas, Clock clock) {
        this.ignite = ignite;
        this.runner = runner;
        this.recovering = recovering;
        this.replicas = replicas;
        this.clock = clock;
    }

    /** Lets recoveries, whichever node does them, read what this node has. Both stay the caller's. */
    public void offer(NamesJournal journal, BlockStore blocks) {
        Shares.offer(ignite, new RecoveryShare(journal, blocks));
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
                : runs.find(ask.run());
        return runs.look(asked).result();
    }

    private RecoveryRun begin(boolean dryRun, boolean finish) {
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
        RecoveryRun.Order order =
                new RecoveryRun.Order(!dryRun, replicas, clock.millis(), finish ? recovering::end : null);
        Progress progress = new Progress(UUID.randomUUID().toString(), recovering::isOn);
        return runs.begin(new RecoveryRun(ignite, runner, order, progress));
    }

    /** Breaks a run off; it may be begun anew. */
    @Override
    public void close() {
        runs.close();
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RestoreRequest;
import io.swarmgrid.storage.backup.RestoreGate;
import io.swarmgrid.storage.run.SingleRun;
import java.time.Clock;
import java.util.UUID;
import org.apache.ignite.Ignite;

/**
 * Brings back what a backup has. Thread-safe; one run at a time on a node, on a thread of its own, {@code restore}, and one in
 * the whole grid.
 */
public final class GridRestore implements AutoCloseable {
    private static final SingleRun.Words WORDS = new SingleRun.Words(
            "restore",
            id -> "this node is at a restore: run=" + id,
            "this node is not at that restore, nor was it the last one",
            "begin it anew: what was done is found to be done");

    private final Ignite ignite;
    private final Runner runner;
    private final GridBackups backups;
    private final RestoreGate gate;
    private final Setting setting;
    private final SingleRun<RestoreRun> runs = new SingleRun<>(WORDS);

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
        RestoreRun asked = ask.run() == null ? begin(ask) : runs.find(ask.run());
        return runs.look(asked).result();
    }

    private RestoreRun begin(RestoreRequest ask) {
        String directory = GridBackups.directory(ask.directory());
        FoundBackup backup = backups.require(directory, ask.name());
        requireOurs(backup);
        requireWhole(backup);
        boolean write = !Boolean.TRUE.equals(ask.dryRun());
        if (write) {
            runner.requireNoSafeMode();
        }
        long now = setting.clock().millis();
        RestoreRun.Order order = new RestoreRun.Order(directory, backup, write, setting.replicas(), now);
        return runs.begin(
                new RestoreRun(ignite, runner, gate, order, UUID.randomUUID().toString()));
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

    /** Breaks a run off; it may be begun anew. */
    @Override
    public void close() {
        runs.close();
    }
}

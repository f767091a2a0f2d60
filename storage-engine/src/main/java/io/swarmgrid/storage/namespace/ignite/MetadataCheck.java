package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import org.apache.ignite.Ignite;

/**
 * Compares the copies of the metadata with each other, and makes them alike where most of them are. Takes as long as it takes to read
 * all of it once, on all nodes at once. Thread-safe.
 */
public final class MetadataCheck implements AutoCloseable {
    private static final SingleRun.Words WORDS = new SingleRun.Words(
            "metadata-check",
            id -> "this node is at a check of the metadata: run=" + id,
            "this node is not at that check, nor was it the last one",
            "begin it anew");

    private final Ignite ignite;
    private final int partitions;
    private final SingleRun<CheckRun> runs = new SingleRun<>(WORDS);

    MetadataCheck(Ignite ignite, int partitions) {
        this.ignite = ignite;
        this.partitions = partitions;
        Shares.offer(ignite, new PartitionCopies(ignite));
    }

    /**
     * Begins a run, or looks after one; answers after a few seconds at the latest.
     *
     * @throws GridException CONFLICT while this node is at another one, NOT_FOUND for a run that was not its last
     */
    public MetadataCheckResult check(MetadataCheckRequest ask) {
        String run = ask.run();
        CheckRun asked = run == null
                ? runs.begin(new CheckRun(ignite, partitions, Boolean.TRUE.equals(ask.repair())))
                : runs.find(run);
        return runs.look(asked).result();
    }

    /**
     * Makes a run, and returns when it has ended, or this thread is interrupted.
     *
     * @throws GridException CONFLICT while this node is at another one
     */
    public void run() {
        CheckRun unused = runs.begin(new CheckRun(ignite, partitions, false));
        try {
            runs.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many partitions were not alike, by the last run of this node. */
    public long differing() {
        return runs.last().map(run -> run.result().differing().size()).orElse(0);
    }

    @Override
    public void close() {
        runs.close();
    }
}

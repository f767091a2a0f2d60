package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.storage.membership.PaceTime;
import io.swarmgrid.storage.run.SingleRun;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;

/**
 * Compares the copies of the metadata with each other, and gives them what most of them have; and what quotas count with what is there.
 * Takes about four times as long as it takes to read all of it once, on all nodes at once: beside it goes the grid's own work. Thread-safe.
 */
public final class MetadataCheck implements AutoCloseable {
    private static final SingleRun.Words WORDS = new SingleRun.Words(
            "metadata-check",
            id -> "this node is at a check of the metadata: run=" + id,
            "this node is not at that check, nor was it the last one",
            "begin it anew");

    private final Ignite ignite;
    private final int partitions;
    private final int pageRows;
    private final PartitionCopies copies;
    private final SingleRun<CheckRun> runs = new SingleRun<>(WORDS);
    private volatile @Nullable MetadataCheckResult last;

    MetadataCheck(Ignite ignite, int partitions) {
        this(ignite, partitions, Aligning.ROWS);
    }

    /** @param pageRows what a run has of each copy in memory where they are not alike */
    MetadataCheck(Ignite ignite, int partitions, int pageRows) {
        this.ignite = ignite;
        this.partitions = partitions;
        this.pageRows = pageRows;
        this.copies = new PartitionCopies(ignite);
        Shares.offer(ignite, copies);
    }

    /**
     * Begins a run, or looks after one; answers after a few seconds at the latest.
     *
     * @throws GridException CONFLICT while this node is at another one, NOT_FOUND for a run that was not its last
     */
    public MetadataCheckResult check(MetadataCheckRequest ask) {
        String run = ask.run();
        CheckRun asked = run == null ? runs.begin(newRun(Boolean.TRUE.equals(ask.repair()))) : runs.find(run);
        return runs.look(asked).result();
    }

    /**
     * Makes a run, and returns when it has ended, or this thread is interrupted.
     *
     * @throws GridException CONFLICT while this node is at another one
     */
    public void run() {
        CheckRun unused = runs.begin(newRun(false));
        try {
            runs.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CheckRun newRun(boolean repair) {
        PacedNodes nodes = new PacedNodes(ignite, new Pace(PaceTime.SYSTEM));
        RowBringer bringer = repair ? new RowBringer(ignite, copies) : null;
        Aligning aligning = new Aligning(copies, nodes, bringer, pageRows);
        return new CheckRun(
                nodes, partitions, new QuotaSums(ignite, nodes, partitions), aligning, result -> last = result);
    }

    /** How many partitions were not alike, by the last run of this node that came to its end. */
    public long differing() {
        MetadataCheckResult found = last;
        return found == null ? 0 : found.differing().size();
    }

    /** How many partitions that run could compare. */
    public long compared() {
        MetadataCheckResult found = last;
        return found == null ? 0 : found.compared();
    }

    @Override
    public void close() {
        runs.close();
    }
}

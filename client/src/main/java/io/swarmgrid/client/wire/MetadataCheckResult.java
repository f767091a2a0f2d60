package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code grid.check}: whether the copies of each partition of the metadata are alike, and quotas count what is there.
 *
 * @param run the id of the run
 * @param state {@link RecoverResult#RUNNING}, {@link RecoverResult#DONE} or {@link RecoverResult#FAILED}
 * @param phase what it is at, or why it failed
 * @param partitions how many there are
 * @param compared of how many it is known by now whether their copies are alike
 * @param rows how many rows these have, each counted once
 * @param differing those whose copies are not alike, after what was repaired
 * @param repaired how many were not alike before
 * @param leftRows how many rows the copies do not have alike; after a repair those of which no value is in more than half of them, which
 *     it leaves as they are
 * @param left the first few of these
 * @param quotas those that count something else than what is there, after what was repaired
 * @param recounted how many did before
 */
public record MetadataCheckResult(
        String run,
        String state,
        String phase,
        int partitions,
        int compared,
        long rows,
        List<DifferingPartition> differing,
        int repaired,
        long leftRows,
        List<DifferingRow> left,
        List<MiscountedQuota> quotas,
        int recounted)
        implements RunResult {
    public MetadataCheckResult(
            String run,
            String state,
            String phase,
            int partitions,
            int compared,
            long rows,
            List<DifferingPartition> differing,
            int repaired,
            long leftRows,
            List<DifferingRow> left) {
        this(run, state, phase, partitions, compared, rows, differing, repaired, leftRows, left, List.of(), 0);
    }

    /** The same with what is known of quotas. */
    public MetadataCheckResult counting(List<MiscountedQuota> miscounted, int nowRecounted) {
        return new MetadataCheckResult(
                run,
                state,
                phase,
                partitions,
                compared,
                rows,
                differing,
                repaired,
                leftRows,
                left,
                miscounted,
                nowRecounted);
    }

    /**
     * A quota for which more is counted than is there, or less.
     *
     * @param path of its directory
     * @param bytes how many too many; negative where they are too few
     * @param entries the same
     */
    public record MiscountedQuota(String path, long bytes, long entries) {}

    /** A partition of which a node lacks something, or has something else. */
    public record DifferingPartition(int partition, List<PartitionCopy> copies) {}

    /**
     * What a node has of a partition.
     *
     * @param updates how many changes its copy has seen
     * @param digest over all rows, in hexadecimal: copies with the same one are alike
     */
    public record PartitionCopy(String node, long updates, long rows, String digest) {}

    /**
     * A row that the copies do not have alike.
     *
     * @param cache {@code dentries} for names, {@code inodes} for files and directories, {@code blocks} for who holds what, and so on
     * @param key ids in hexadecimal; of a name, that of the directory before it
     */
    public record DifferingRow(int partition, String cache, String key, List<RowCopy> copies) {}

    /**
     * What a node has of a row.
     *
     * @param digest over the value, in hexadecimal; null where it lacks the row
     */
    public record RowCopy(String node, @Nullable String digest) {}
}

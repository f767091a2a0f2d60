package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code grid.check}: whether the copies of each partition of the metadata are alike.
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
        List<DifferingRow> left)
        implements RunResult {
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

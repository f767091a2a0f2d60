package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task.
 *
 * @param startedMs milliseconds since the epoch; 0 before
 * @param splitsLocal splits that ran on a node that held their bytes
 * @param error why it failed; null otherwise
 * @param splits null in a listing
 */
public record TaskStatus(
        String id,
        TaskState state,
        TaskSpec spec,
        long submittedMs,
        long startedMs,
        long finishedMs,
        int splitsTotal,
        int splitsDone,
        int splitsLocal,
        @Nullable String error,
        @Nullable List<SplitStatus> splits) {
    public TaskStatus {
        splits = splits == null ? null : List.copyOf(splits);
    }

    /**
     * One split.
     *
     * @param node where it runs or ran last; null before
     * @param local whether that node held its bytes
     */
    public record SplitStatus(
            int index,
            String name,
            TaskState state,
            @Nullable String node,
            boolean local,
            int attempts,
            long rows,
            long sizeBytes,
            long outputBytes,
            long durationMs,
            @Nullable String error) {}
}

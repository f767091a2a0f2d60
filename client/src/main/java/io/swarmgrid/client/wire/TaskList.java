package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of the tasks, the latest first. */
public record TaskList(List<TaskStatus> tasks, @Nullable String nextPageToken) {
    public TaskList {
        tasks = List.copyOf(tasks);
    }
}

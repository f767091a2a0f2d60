package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a series, the latest step first; no token on the last page. */
public record CheckpointList(
        List<CheckpointStatus> steps, @Nullable String nextPageToken) {
    public CheckpointList {
        steps = List.copyOf(steps);
    }
}

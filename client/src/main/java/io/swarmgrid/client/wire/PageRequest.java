package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code task.list}. */
public record PageRequest(
        @Nullable Integer pageSize, @Nullable String pageToken) {}

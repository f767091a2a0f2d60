package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code checkpoint.list}. */
public record SeriesRequest(
        String series, @Nullable Integer pageSize, @Nullable String pageToken) {}

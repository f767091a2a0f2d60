package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.list}; null for the first page, and for pages as large as the grid allows. */
public record ListRequest(
        String path, @Nullable Integer pageSize, @Nullable String pageToken) {}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.trash}: what was below {@code path}, null for everywhere. */
public record TrashQuery(
        @Nullable String path,
        @Nullable Integer pageSize,
        @Nullable String pageToken) {}

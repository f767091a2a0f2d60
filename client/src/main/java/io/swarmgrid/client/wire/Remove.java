package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.remove}; {@code recursive} null for false. */
public record Remove(
        String path, @Nullable Boolean recursive, @Nullable String operationId) {}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.rename}; {@code overwrite} null for false. */
public record Rename(
        String from,
        String to,
        @Nullable Boolean overwrite,
        @Nullable String operationId) {}

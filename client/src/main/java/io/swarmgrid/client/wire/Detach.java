package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.detach}. */
public record Detach(String path, @Nullable String operationId) {}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.attach}.
 *
 * @param path where nothing is yet
 * @param uri the address of an outer store
 */
public record Attach(String path, String uri, @Nullable String operationId) {}

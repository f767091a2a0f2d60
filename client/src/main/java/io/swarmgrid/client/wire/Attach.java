package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.attach}.
 *
 * @param path where nothing is yet
 * @param uri the address of an outer store
 * @param writeThrough whether what is put there goes to the store; null for no
 */
public record Attach(
        String path,
        String uri,
        @Nullable Boolean writeThrough,
        @Nullable String operationId) {}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.create}: an empty, closed file where none is, in a directory that is there.
 *
 * @param owner null for the caller
 * @param group null where none is to be set
 * @param permission the twelve bits of Unix; null where none are to be set
 */
public record CreateFile(
        String path,
        @Nullable String owner,
        @Nullable String group,
        @Nullable Integer permission,
        @Nullable String operationId) {}

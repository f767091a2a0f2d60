package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.remove}.
 *
 * @param recursive null for false
 * @param skipTrash whether it is taken back at once; null for false
 */
public record Remove(
        String path,
        @Nullable Boolean recursive,
        @Nullable Boolean skipTrash,
        @Nullable String operationId) {
    /** Into the trash. */
    public Remove(String path, @Nullable Boolean recursive, @Nullable String operationId) {
        this(path, recursive, null, operationId);
    }
}

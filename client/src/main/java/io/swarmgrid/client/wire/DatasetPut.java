package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * How a dataset is put: the {@code dataset.put} command and the request of {@code dataset.begin}. Either {@code session},
 * or {@code path} and the rest.
 *
 * @param mode null for {@link PutMode#CREATE}
 * @param putId names this put, so that a retry of it happens once
 * @param partitionRows rows of one partition file; null for the grid's own choice by size
 * @param partitionBy a column: one partition file for each of its values
 * @param replicas durable copies; null for the grid's default
 * @param compression {@code none}, {@code lz4} or {@code zstd}; null for none
 */
public record DatasetPut(
        @Nullable String session,
        @Nullable String path,
        @Nullable PutMode mode,
        @Nullable String putId,
        @Nullable Long partitionRows,
        @Nullable String partitionBy,
        @Nullable Integer replicas,
        @Nullable String compression) {}

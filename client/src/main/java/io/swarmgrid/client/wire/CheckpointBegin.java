package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code checkpoint.begin}.
 *
 * @param shards how many must be there at commit; null for as many as come
 */
public record CheckpointBegin(
        String series,
        long step,
        @Nullable Integer shards,
        @Nullable Integer replicas) {}

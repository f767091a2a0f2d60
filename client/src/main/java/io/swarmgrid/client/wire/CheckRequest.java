package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.check}.
 *
 * @param verify read every copy from end to end, and not only its end
 * @param repair give up bad copies where a good one is left
 * @param pageSize how many files at most
 */
public record CheckRequest(
        String path,
        @Nullable Boolean verify,
        @Nullable Boolean repair,
        @Nullable Integer pageSize,
        @Nullable String pageToken) {}

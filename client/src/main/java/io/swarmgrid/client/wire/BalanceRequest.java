package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.balance}.
 *
 * @param thresholdPercent how far apart two nodes may stay, 1 to 50; 5 where it is absent
 * @param stop ends the one under way instead
 */
public record BalanceRequest(
        @Nullable Integer thresholdPercent, @Nullable Boolean stop) {}

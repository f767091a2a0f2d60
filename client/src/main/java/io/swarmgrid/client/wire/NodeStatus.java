package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * A node of the grid.
 *
 * @param state {@code up}, {@code down}, or {@code joining} while it is not yet part of the quorum
 * @param capacityBytes what its tiers may hold, reserve taken off
 * @param drain how far it has come with giving its blocks away; absent on a node that takes blocks
 * @param witness true on a node that votes and takes no blocks; absent elsewhere
 */
public record NodeStatus(
        String name,
        String zone,
        String location,
        String state,
        boolean voter,
        long pid,
        long usedBytes,
        long capacityBytes,
        long blocks,
        @Nullable DrainStatus drain,
        @Nullable Boolean witness) {}

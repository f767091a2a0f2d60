package io.swarmgrid.client.wire;

/**
 * A node of the grid.
 *
 * @param state {@code up}, {@code down}, or {@code joining} while it is not yet part of the quorum
 * @param capacityBytes what its tiers may hold, reserve taken off
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
        long blocks) {}

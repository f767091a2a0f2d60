package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.RepairStatus;

/**
 * What a node says of itself every second, and at once when it changes.
 *
 * @param usedBytes what its blocks take
 * @param capacityBytes what its tiers may hold, reserve taken off
 * @param freeBytes room for new blocks, reserve taken off
 * @param draining whether it is giving its blocks away
 * @param repair the work that its own walks found; the grid's is the sum over the nodes
 * @param walkedVersion the {@link Peers#settledVersion} under which its latest walk ran from end to end, 0 for none
 */
public record NodeLoad(
        long usedBytes,
        long capacityBytes,
        long freeBytes,
        long blocks,
        boolean draining,
        RepairStatus repair,
        long walkedVersion) {}

package io.swarmgrid.storage.membership;

/**
 * A live node, as the others see it.
 *
 * @param name its consistent id
 * @param location its Flight address, {@code grpc://host:port} or {@code grpc+tls://host:port}
 * @param draining whether it takes no blocks, and gives away those that it has: an operator said so, or it is a witness
 * @param freeBytes room for new blocks, reserve taken off; negative where it has not said yet what it can take
 */
public record GridNodeInfo(
        String name,
        String zone,
        String location,
        boolean voter,
        boolean draining,
        long usedBytes,
        long capacityBytes,
        long freeBytes,
        long blocks,
        long pid) {}

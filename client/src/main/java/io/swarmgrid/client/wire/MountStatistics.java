package io.swarmgrid.client.wire;

/**
 * What was read of an outer store through the node that was asked, since it started.
 *
 * @param hits pages that were near
 * @param misses pages that had to be brought, or were on their way
 * @param nearBytes read from near copies
 * @param nodeBytes brought from other nodes
 * @param storeBytes read from the store itself
 * @param storeReads pages that were read from the store itself
 * @param failures runs of pages that could not be brought
 */
public record MountStatistics(
        String uri,
        long hits,
        long misses,
        long nearBytes,
        long nodeBytes,
        long storeBytes,
        long storeReads,
        long failures) {}

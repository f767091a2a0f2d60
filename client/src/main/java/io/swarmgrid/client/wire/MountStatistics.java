package io.swarmgrid.client.wire;

/**
 * What was read of an outer store, through each node since it started, by all mounts of it. A page counts once for each reader who comes to it,
 * where he reads.
 *
 * @param hits pages that were near, or lent
 * @param misses pages that had to be brought, also ahead of their reader, or were on their way
 * @param nearBytes read from near copies, or lent
 * @param nodeBytes brought from other nodes
 * @param storeBytes read from the store itself
 * @param storeReads pages that were read from the store itself
 * @param failures runs of pages that could not be brought
 * @param evictions near copies that made room for others, or went cold
 */
public record MountStatistics(
        String uri,
        long hits,
        long misses,
        long nearBytes,
        long nodeBytes,
        long storeBytes,
        long storeReads,
        long failures,
        long evictions) {
    public static MountStatistics none(String uri) {
        return new MountStatistics(uri, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Both together. */
    public MountStatistics plus(MountStatistics other) {
        return new MountStatistics(
                uri,
                hits + other.hits,
                misses + other.misses,
                nearBytes + other.nearBytes,
                nodeBytes + other.nodeBytes,
                storeBytes + other.storeBytes,
                storeReads + other.storeReads,
                failures + other.failures,
                evictions + other.evictions);
    }
}

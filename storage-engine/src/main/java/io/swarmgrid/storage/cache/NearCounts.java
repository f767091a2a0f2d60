package io.swarmgrid.storage.cache;

/**
 * What near copies were good for since the start.
 *
 * @param hits reads that began at a near copy
 * @param misses those of blocks of other nodes that did not
 * @param nearBytes read from near copies
 * @param fetchedBytes read from near copies while these were being made
 * @param remoteBytes read from other nodes past all that
 * @param evictions near copies removed because others are worth more
 * @param made near copies
 * @param failed near copies that were begun and came to nothing
 */
public record NearCounts(
        long hits,
        long misses,
        long nearBytes,
        long fetchedBytes,
        long remoteBytes,
        long evictions,
        long made,
        long failed) {}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code cache.pin}: near copies of a file's blocks, or of what is made in a directory, are kept.
 *
 * @param tier {@code mem}, {@code ssd} or {@code hdd}; null for the fastest that any node keeps near copies on
 * @param copies of each block, each on another node; null for one
 * @param within a directory above that has this very pin: what is below it was looked at with it, whether it fits
 */
public record PinRequest(
        String path,
        @Nullable String tier,
        @Nullable Integer copies,
        @Nullable String within) {}

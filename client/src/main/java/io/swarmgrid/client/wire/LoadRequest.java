package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code cache.load}: the node that is asked begins to bring all below a path near, or says how far it is. Without path and
 * run it is asked after its last one.
 *
 * @param path a file, or a directory with all files below it, those of mounts included
 * @param tier {@code mem}, {@code ssd} or {@code hdd}; null for the fastest on which this node has near copies
 * @param run one that this node began and that is asked after; path and tier do not count then
 * @param stop ends the one that is asked after; what has come stays
 */
public record LoadRequest(
        @Nullable String path,
        @Nullable String tier,
        @Nullable String run,
        @Nullable Boolean stop) {}

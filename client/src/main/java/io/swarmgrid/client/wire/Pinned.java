package io.swarmgrid.client.wire;

/**
 * The answer of {@code cache.pin}.
 *
 * @param sizeBytes what lay there and below when it was looked at whether that fits; 0 where it was not
 */
public record Pinned(FileStatus entry, String tier, int copies, long sizeBytes) {}

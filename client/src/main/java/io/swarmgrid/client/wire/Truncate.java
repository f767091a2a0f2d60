package io.swarmgrid.client.wire;

/** The request of {@code fs.truncate}. */
public record Truncate(String path, long sizeBytes) {}

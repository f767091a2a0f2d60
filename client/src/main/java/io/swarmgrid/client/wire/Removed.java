package io.swarmgrid.client.wire;

/** The answer of {@code fs.remove} and {@code checkpoint.remove}. */
public record Removed(boolean removed) {}

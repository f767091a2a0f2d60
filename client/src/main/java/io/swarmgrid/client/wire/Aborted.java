package io.swarmgrid.client.wire;

/** The answer of {@code dataset.abort} and {@code checkpoint.abort}. */
public record Aborted(boolean aborted) {}

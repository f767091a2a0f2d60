package io.swarmgrid.client.wire;

/** The request of {@code grid.drain} and {@code grid.undrain}. */
public record NodeRequest(String node) {}

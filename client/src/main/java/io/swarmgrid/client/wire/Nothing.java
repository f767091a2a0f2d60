package io.swarmgrid.client.wire;

/** The request of an action that takes no fields. */
public record Nothing() {}

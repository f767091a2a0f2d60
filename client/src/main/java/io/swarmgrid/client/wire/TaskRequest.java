package io.swarmgrid.client.wire;

/** The request of {@code task.status} and {@code task.cancel}, and the {@code task.result} command. */
public record TaskRequest(String id) {}

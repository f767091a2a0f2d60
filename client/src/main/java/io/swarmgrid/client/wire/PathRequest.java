package io.swarmgrid.client.wire;

/** The request of {@code fs.stat}, {@code fs.usage}, {@code fs.quota}, {@code fs.locate} and {@code dataset.info}. */
public record PathRequest(String path) {}

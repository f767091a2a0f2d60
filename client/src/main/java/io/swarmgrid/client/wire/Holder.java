package io.swarmgrid.client.wire;

/**
 * A node that has a copy of a block.
 *
 * @param location its Flight address, {@code grpc://host:port} or {@code grpc+tls://host:port}
 * @param live whether the node is in the grid now
 */
public record Holder(String node, String zone, String location, long epoch, boolean live) {}

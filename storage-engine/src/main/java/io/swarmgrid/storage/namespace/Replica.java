package io.swarmgrid.storage.namespace;

/**
 * One recorded copy of a block.
 *
 * @param node the name of the node (its consistent id)
 * @param durable whether it counts for the replication of the block; a cached copy never does
 */
public record Replica(String node, long epoch, boolean durable) {}

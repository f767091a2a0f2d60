package io.swarmgrid.client.wire;

/** The request of {@code fs.set_replication}: how many copies of a file's blocks there should be. */
public record SetReplication(String path, int replicas) {}

package io.swarmgrid.storage.replica;

/**
 * What a node of a chain has sealed.
 *
 * @param crc32c over all of it, as the node computed it from what it wrote
 */
public record SealedReplica(String node, long lengthBytes, int crc32c) {}

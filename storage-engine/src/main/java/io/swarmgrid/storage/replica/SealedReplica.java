package io.swarmgrid.storage.replica;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/**
 * What a node of a chain has sealed.
 *
 * @param crc32c over all of it, as the node computed it from what it wrote
 */
public record SealedReplica(String node, long lengthBytes, int crc32c) {
    /** @throws LostReplicaException where it is not what was sent */
    public void require(long length, int expected) throws LostReplicaException {
        if (lengthBytes != length || crc32c != expected) {
            throw new LostReplicaException(
                    node,
                    new GridException(
                            ErrorCode.CORRUPT_DATA,
                            "node=" + node + " sealed something else: length=" + lengthBytes + " of " + length
                                    + ", crc32c=" + Integer.toHexString(crc32c) + " of "
                                    + Integer.toHexString(expected)));
        }
    }
}

package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.Durability;

/**
 * The right to write one file: its lease. It ends when its node has left the grid, when nobody renewed it for {@code
 * storage.lease-duration}, or when a later epoch is taken. What was written of a put is then taken back; a visible file is
 * closed with all that readers saw of it.
 *
 * @param fileId the inode, not yet linked into the namespace for a put
 * @param path where it will be linked
 * @param visible whether others see the file while it is written; false for a put
 * @param leaseEpoch fences writers: metadata refuses what an older epoch asks
 */
public record OpenFile(
        long fileId,
        GridPath path,
        PutOptions options,
        long leaseEpoch,
        int replicas,
        Durability durability,
        boolean visible) {
    /** A put. */
    public OpenFile(
            long fileId, GridPath path, PutOptions options, long leaseEpoch, int replicas, Durability durability) {
        this(fileId, path, options, leaseEpoch, replicas, durability, false);
    }
}

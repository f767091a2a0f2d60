package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.Durability;

/**
 * The right to write one file: its lease. It ends when its node has left the grid, when nobody renewed it for {@code
 * storage.lease-duration}, or when a later epoch is taken; what was written of the file is then taken back.
 *
 * @param fileId the inode, not yet linked into the namespace for a put
 * @param path where it will be linked
 * @param leaseEpoch fences writers: metadata refuses what an older epoch asks
 */
public record OpenFile(
        long fileId, GridPath path, PutOptions options, long leaseEpoch, int replicas, Durability durability) {}

package io.swarmgrid.client.wire;

/**
 * The work between where blocks are and where they should be.
 *
 * @param underReplicatedBlocks blocks with fewer live durable copies than their policy asks for
 * @param unavailableBlocks those of them with none at all
 * @param pendingBytes bytes still to copy
 * @param copiedBytes bytes copied since the nodes that report started
 * @param rateBytesPerSecond over the last seconds
 */
public record RepairStatus(
        long underReplicatedBlocks,
        long unavailableBlocks,
        long surplusReplicas,
        long pendingBytes,
        long copiedBlocks,
        long copiedBytes,
        long rateBytesPerSecond) {}

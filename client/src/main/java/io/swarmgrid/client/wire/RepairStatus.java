package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The work between where blocks are and where they should be.
 *
 * @param underReplicatedBlocks blocks with fewer live durable copies than their policy asks for
 * @param unavailableBlocks those of them with none at all
 * @param pendingBytes bytes still to copy until nothing is lacking
 * @param movingBlocks blocks whose copies are all there, and of which one is to move: off a node that is being drained, or
 *     to one that has more room
 * @param movingBytes what they come to
 * @param copiedBytes bytes copied since the nodes that report started
 * @param rateBytesPerSecond over the last seconds
 * @param remainingMs at this rate; absent where nothing is to be copied, or nothing is being copied
 */
public record RepairStatus(
        long underReplicatedBlocks,
        long unavailableBlocks,
        long surplusReplicas,
        long pendingBytes,
        long movingBlocks,
        long movingBytes,
        long copiedBlocks,
        long copiedBytes,
        long rateBytesPerSecond,
        @Nullable Long remainingMs) {
    /** Nothing to do, nothing done. */
    public static final RepairStatus NONE = new RepairStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, null);

    private static final double MILLIS = 1e3;

    public RepairStatus plus(RepairStatus other) {
        return new RepairStatus(
                underReplicatedBlocks + other.underReplicatedBlocks,
                unavailableBlocks + other.unavailableBlocks,
                surplusReplicas + other.surplusReplicas,
                pendingBytes + other.pendingBytes,
                movingBlocks + other.movingBlocks,
                movingBytes + other.movingBytes,
                copiedBlocks + other.copiedBlocks,
                copiedBytes + other.copiedBytes,
                rateBytesPerSecond + other.rateBytesPerSecond,
                null);
    }

    /** This one, with no less work to do than another one. */
    public RepairStatus atLeast(RepairStatus other) {
        return new RepairStatus(
                Math.max(underReplicatedBlocks, other.underReplicatedBlocks),
                Math.max(unavailableBlocks, other.unavailableBlocks),
                Math.max(surplusReplicas, other.surplusReplicas),
                Math.max(pendingBytes, other.pendingBytes),
                Math.max(movingBlocks, other.movingBlocks),
                Math.max(movingBytes, other.movingBytes),
                copiedBlocks,
                copiedBytes,
                rateBytesPerSecond,
                null);
    }

    /** The same with the time that is left, where it can be told. */
    public RepairStatus estimated() {
        long bytes = pendingBytes + movingBytes;
        Long left = bytes > 0 && rateBytesPerSecond > 0
                ? Long.valueOf(Math.round(MILLIS * bytes / rateBytesPerSecond))
                : null;
        return new RepairStatus(
                underReplicatedBlocks,
                unavailableBlocks,
                surplusReplicas,
                pendingBytes,
                movingBlocks,
                movingBytes,
                copiedBlocks,
                copiedBytes,
                rateBytesPerSecond,
                left);
    }
}

package io.swarmgrid.storage.replica;

import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.WayHome;

/**
 * The block that a chain is to write.
 *
 * @param reserveBytes room to be set aside for it
 * @param resumeBytes go on with what is there of an older epoch, cut to this length; {@link #FRESH} to begin it
 */
public record ReplicaOrder(
        BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes, long resumeBytes) {
    public static final long FRESH = -1;

    public boolean isResumed() {
        return resumeBytes >= 0;
    }

    public ReplicaOrder resumedAt(long nextEpoch, long lengthBytes) {
        return new ReplicaOrder(id, nextEpoch, home, durability, reserveBytes, lengthBytes);
    }

    public ReplicaOrder onDevice() {
        return new ReplicaOrder(id, epoch, home, Durability.POWER, reserveBytes, resumeBytes);
    }

    @Override
    public String toString() {
        return "block=" + id + ", epoch=" + epoch;
    }
}

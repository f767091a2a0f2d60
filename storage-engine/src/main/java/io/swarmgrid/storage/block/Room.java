package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/** The room of a tier that one block has been promised and has not filled. Guarded by the lock of the block's writer. */
final class Room {
    private static final long STEP_BYTES = 8L << 20;

    private final Tier tier;
    private long promisedBytes;

    /** @param promisedBytes what the tier has promised already */
    Room(Tier tier, long promisedBytes) {
        this.tier = tier;
        this.promisedBytes = promisedBytes;
    }

    /** Makes sure that so many bytes are promised; false where the tier has not that much. */
    boolean reserve(long bytes) {
        long missing = bytes - promisedBytes;
        if (missing > 0 && !tier.promise(missing)) {
            return false;
        }
        promisedBytes += Math.max(0, missing);
        return true;
    }

    /** The same for bytes without which the block cannot go on. */
    void require(long bytes, String block, long position) {
        if (bytes <= promisedBytes) {
            return;
        }
        // In steps: each promise asks the file system what it has left.
        if (!reserve(Math.max(bytes, promisedBytes + STEP_BYTES)) && !reserve(bytes)) {
            throw new GridException(
                    ErrorCode.NO_SPACE,
                    "no room to go on: " + block + ", position=" + position + ", wanted_bytes="
                            + (bytes - promisedBytes) + ", tier=" + tier.describe(),
                    null,
                    "remove files, raise the tier's capacity, or add a tier",
                    null);
        }
    }

    /** So many of the promised bytes are in the block now. */
    void used(long bytes) {
        tier.space().used(bytes);
        promisedBytes -= bytes;
    }

    /** So many are no longer, and are wanted again. */
    void unused(long bytes) {
        tier.space().unused(bytes);
        promisedBytes += bytes;
    }

    /** Gives back what was promised. Idempotent. */
    void release() {
        tier.space().release(promisedBytes);
        promisedBytes = 0;
    }
}

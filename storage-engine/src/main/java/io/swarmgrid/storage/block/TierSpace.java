package io.swarmgrid.storage.block;

/**
 * The room of one tier: what its files take, and what was promised to files that are being written. Both only grow by what was
 * promised before, so that many writers together never pass the bounds. What near copies take is counted apart: for blocks it is
 * room that can be had. Thread-safe.
 */
final class TierSpace {
    /** Of {@link #promise}: there is not that much room, whatever near copies give. */
    static final long NEVER = -1;

    private final long capacityBytes;
    private long heldBytes;
    private long promisedBytes;
    private long nearBytes;
    private long nearPromisedBytes;

    TierSpace(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /**
     * Promises room.
     *
     * @param spareBytes what the file system has above its reserve right now
     * @return 0 where it is promised; else what near copies have to give for that, or {@link #NEVER}
     */
    synchronized long promise(long bytes, long spareBytes) {
        long missing = bytes - left(spareBytes);
        if (missing <= 0) {
            promisedBytes += bytes;
            return 0;
        }
        return missing <= nearBytes + nearPromisedBytes ? missing : NEVER;
    }

    /**
     * Promises room to a near copy, of what nobody else has.
     *
     * @param shareBytes what near copies may take in all
     * @param keepBytes what they leave free
     */
    synchronized boolean promiseNear(long bytes, long shareBytes, long keepBytes, long spareBytes) {
        if (bytes > shareBytes - nearBytes - nearPromisedBytes || bytes > left(spareBytes) - keepBytes) {
            return false;
        }
        nearPromisedBytes += bytes;
        return true;
    }

    /** Part of a promise became bytes on disk. */
    synchronized void used(long bytes) {
        promisedBytes -= bytes;
        heldBytes += bytes;
    }

    /** Bytes on disk became a promise again: a block was cut. */
    synchronized void unused(long bytes) {
        used(-bytes);
    }

    /** The rest of a promise is given back. */
    synchronized void release(long bytes) {
        promisedBytes -= bytes;
    }

    /** Files that were there before. */
    synchronized void found(long bytes) {
        heldBytes += bytes;
    }

    /** Files are gone. */
    synchronized void gone(long bytes) {
        heldBytes -= bytes;
    }

    synchronized void nearUsed(long bytes) {
        nearPromisedBytes -= bytes;
        nearBytes += bytes;
    }

    synchronized void nearReleased(long bytes) {
        nearPromisedBytes -= bytes;
    }

    synchronized void nearFound(long bytes) {
        nearBytes += bytes;
    }

    synchronized void nearGone(long bytes) {
        nearBytes -= bytes;
    }

    /** Of blocks alone. */
    synchronized long heldBytes() {
        return heldBytes;
    }

    synchronized long nearBytes() {
        return nearBytes;
    }

    /** What may still be promised to blocks: near copies yield. */
    synchronized long room(long spareBytes) {
        return Math.max(0, Math.min(capacityBytes - heldBytes, spareBytes + nearBytes) - promisedBytes);
    }

    private long left(long spareBytes) {
        return Math.max(
                0, Math.min(capacityBytes - heldBytes - nearBytes, spareBytes) - promisedBytes - nearPromisedBytes);
    }
}

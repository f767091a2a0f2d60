package io.swarmgrid.storage.block;

/**
 * The room of one tier: what its files take, and what was promised to blocks that are being written. Both only grow by
 * what was promised before, so that many writers together never pass the bounds. Thread-safe.
 */
final class TierSpace {
    private final long capacityBytes;
    private long heldBytes;
    private long promisedBytes;

    TierSpace(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /**
     * Promises room.
     *
     * @param spareBytes what the file system has above its reserve right now
     */
    synchronized boolean promise(long bytes, long spareBytes) {
        if (bytes > room(spareBytes)) {
            return false;
        }
        promisedBytes += bytes;
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

    synchronized long heldBytes() {
        return heldBytes;
    }

    /** What may still be promised. */
    synchronized long room(long spareBytes) {
        return Math.max(0, Math.min(capacityBytes - heldBytes, spareBytes) - promisedBytes);
    }
}

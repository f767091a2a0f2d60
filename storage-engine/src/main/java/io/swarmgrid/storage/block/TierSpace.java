package io.swarmgrid.storage.block;

/**
 * The room of one tier: what its files take, and what was promised to files that are being written. Both only grow by what was
 * promised before, so that many writers together never pass the bounds. What near copies take is counted apart: for blocks it is
 * room that can be had. Those that are kept are not: pins, as blocks that are kept where they lie are. Thread-safe.
 */
final class TierSpace {
    /** Of {@link #promise}: there is not that much room, whatever near copies give. */
    static final long NEVER = -1;

    private final long capacityBytes;
    private long heldBytes;
    private long promisedBytes;
    private long nearBytes;
    private long nearPromisedBytes;
    private long keptBytes;
    /** Of the blocks. */
    private long keptInPlaceBytes;

    private long keepingBytes;
    private long wantedBytes;

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

    /**
     * Promises that something may be kept.
     *
     * @param mostBytes what may be kept in all
     */
    synchronized boolean promiseKept(long bytes, long mostBytes) {
        if (bytes > mostBytes - pinnedBytes()) {
            return false;
        }
        keepingBytes += bytes;
        return true;
    }

    /** It is not. */
    synchronized void notKept(long bytes) {
        keepingBytes -= bytes;
    }

    /** A near copy is kept from now on. */
    synchronized void nearKept(long bytes) {
        keepingBytes -= bytes;
        nearBytes -= bytes;
        keptBytes += bytes;
        wantedBytes = 0;
    }

    /** One that was kept is gone. */
    synchronized void keptGone(long bytes) {
        keptBytes -= bytes;
    }

    /** One that was kept before is found. */
    synchronized void keptFound(long bytes) {
        nearBytes -= bytes;
        keptBytes += bytes;
    }

    /** A block is kept where it lies. */
    synchronized void blockKept(long bytes) {
        keepingBytes -= bytes;
        keptInPlaceBytes += bytes;
    }

    synchronized void blockNotKept(long bytes) {
        keptInPlaceBytes -= bytes;
    }

    /** A near copy that is to be kept finds no room: so much had better move down. */
    synchronized void wanted(long bytes) {
        wantedBytes = bytes;
    }

    /** What blocks are to leave free for copies that are to be kept. */
    synchronized long wantedBytes() {
        return wantedBytes;
    }

    synchronized long keptBytes() {
        return keptBytes;
    }

    synchronized long keptInPlaceBytes() {
        return keptInPlaceBytes;
    }

    /** All that is kept, or about to be. */
    synchronized long pinnedBytes() {
        return keptBytes + keptInPlaceBytes + keepingBytes;
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
        return Math.max(0, Math.min(capacityBytes - heldBytes - keptBytes, spareBytes + nearBytes) - promisedBytes);
    }

    private long left(long spareBytes) {
        return Math.max(
                0,
                Math.min(capacityBytes - heldBytes - nearBytes - keptBytes, spareBytes)
                        - promisedBytes
                        - nearPromisedBytes);
    }
}

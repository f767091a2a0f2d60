package io.swarmgrid.storage.namespace.ignite;

/**
 * How often an inode was stored, as its records count it, and which end outdoes which record. Of an inode that was removed and
 * brought back by a restore the records must outdo the end before it, and the next end them: the upper bits are the number of the
 * restore that brought it back, its era, and an end is the highest of its era.
 */
final class Stamps {
    private static final int ERA_SHIFT = 48;
    private static final long COUNT_BITS = (1L << ERA_SHIFT) - 1;

    private Stamps() {}

    /** Of an inode that a restore brings back. */
    static long restored(long era, long changes) {
        return (era << ERA_SHIFT) | ((changes + 1) & COUNT_BITS);
    }

    /** Of the end of an inode that was stored so often. */
    static long end(long changes) {
        return changes | COUNT_BITS;
    }

    static long era(long stamp) {
        return stamp == Long.MAX_VALUE ? 0 : stamp >>> ERA_SHIFT;
    }
}

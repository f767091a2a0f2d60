package io.swarmgrid.storage.cache;

import io.swarmgrid.storage.block.SealedBlock;

/**
 * Near copies of what is no block of the grid: a page of a file of an outer store. Nothing is known of its bytes before they are there, so its
 * name is made of what it is, and its checksum is that of its spans alone. Its numbers are such that no block is ever called so.
 */
public final class NearPage {
    private static final long MARK = 1L << 62;

    private NearPage() {}

    /** The id of a page, of a number that is different for each. */
    public static long id(long hash) {
        return hash >>> 2 | MARK;
    }

    /**
     * The epoch of a page.
     *
     * @param group what is counted together
     */
    public static long epoch(long hash, int group) {
        return (hash & Integer.MAX_VALUE) << Integer.SIZE | Integer.toUnsignedLong(group);
    }

    static int group(SealedBlock page) {
        return (int) page.epoch();
    }

    static boolean is(SealedBlock block) {
        return (block.id().value() & MARK) != 0;
    }
}

package io.swarmgrid.storage.check;

/**
 * How a check is done.
 *
 * @param depth how much of each copy is read
 * @param repair whether bad copies are given up, where a good one is left, so that they are made anew
 */
public record CheckMode(Depth depth, Repair repair) {
    /** How much of each copy is read. */
    public enum Depth {
        /** Its last bytes: whether it is there, whole, and of this block. */
        END,
        /** All of it. */
        ALL
    }

    /** What is done about a bad copy. */
    public enum Repair {
        NO,
        YES
    }
}

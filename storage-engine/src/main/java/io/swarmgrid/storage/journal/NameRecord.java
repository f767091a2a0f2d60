package io.swarmgrid.storage.journal;

import org.jspecify.annotations.Nullable;

/**
 * What was known of an inode at some time.
 *
 * @param id the inode
 * @param stamp of two records of one inode the one with the higher stamp is the later
 * @param writtenMs when it was written down first
 * @param value not to be changed; null where the inode is gone, which only a restore outdoes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each would be waste
public record NameRecord(long id, long stamp, long writtenMs, byte @Nullable [] value) {
    /** The end of an inode of which nothing else is known: ids are never given twice. */
    public static NameRecord removed(long id, long nowMs) {
        return removed(id, Long.MAX_VALUE, nowMs);
    }

    /** The end of an inode, which outdoes all records up to a stamp. */
    public static NameRecord removed(long id, long stamp, long nowMs) {
        return new NameRecord(id, stamp, nowMs, null);
    }

    /** Whether it is later than another record of the same inode. */
    public boolean outdoes(NameRecord other) {
        return stamp > other.stamp;
    }

    public boolean isRemoval() {
        return value == null;
    }
}

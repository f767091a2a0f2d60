package io.swarmgrid.storage.journal;

import org.jspecify.annotations.Nullable;

/**
 * What was known of an inode at some time.
 *
 * @param id the inode
 * @param stamp of two records of one inode the one with the higher stamp is the later
 * @param writtenMs when it was written down first
 * @param value not to be changed; null where the inode is gone for good, which no stamp outdoes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy of each would be waste
public record NameRecord(long id, long stamp, long writtenMs, byte @Nullable [] value) {
    /** The end of an inode: ids are never given twice. */
    public static NameRecord removed(long id, long nowMs) {
        return new NameRecord(id, Long.MAX_VALUE, nowMs, null);
    }

    /** Whether it is later than another record of the same inode. */
    public boolean outdoes(NameRecord other) {
        return stamp > other.stamp;
    }

    public boolean isRemoval() {
        return value == null;
    }
}

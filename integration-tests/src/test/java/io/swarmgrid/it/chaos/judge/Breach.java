package io.swarmgrid.it.chaos.judge;

/** What a grid must never do. */
public enum Breach {
    /** Acknowledged content is gone, or was never put in the place of what was before. */
    LOST_WRITE,
    /** An answer shows what had been replaced before the question. */
    STALE_READ,
    /** What was acknowledged as removed is still there. */
    LOST_DELETE,
    /** What was seen to be gone is there again. */
    RESURRECTED,
    /** Bytes that are no whole content of anybody. */
    TORN_CONTENT,
    /** Whole content that nobody put at this path, or that was refused. */
    FOREIGN_CONTENT,
    /** The answers fit no order of the operations. */
    NO_ORDER,
    /** Too many orders to look at all of them. */
    UNDECIDED,
    /** A rename of unknown outcome took place by half: both names, or neither. */
    HALF_RENAMED,
    /** A join of unknown outcome took place by half: a source is gone that the target does not have, or is there twice. */
    HALF_JOINED,
    /** What is listed cannot be read although every node is up. */
    UNREADABLE,
    /** An entry that no operation can have made. */
    STRAY_ENTRY,
    /** Fewer copies than there should be. */
    LACKING_COPY,
    /** A copy is recorded where there is no file of it. */
    MISSING_COPY,
    /** The grid's own check finds something else wrong. */
    CHECK_FAILED,
    /** A block file that nothing in the namespace needs. */
    LEAKED_BLOCK,
    /** A file in a directory of blocks that belongs to no block. */
    STRAY_FILE,
    /** A file is still open although nobody writes. */
    LEAKED_LEASE,
    /** What was staged and never published is still there. */
    LEAKED_SESSION
}

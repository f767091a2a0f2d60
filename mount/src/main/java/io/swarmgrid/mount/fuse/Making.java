package io.swarmgrid.mount.fuse;

/** How a file is made, by the flags of the call that opens it. */
public enum Making {
    /** Only where there is none: O_EXCL. */
    NEW,
    /** It begins empty, whatever has its name: O_TRUNC. */
    EMPTY,
    /** What has its name is opened as it is. */
    UNLESS_THERE;

    static Making of(int flags) {
        if ((flags & Protocol.O_EXCL) != 0) {
            return NEW;
        }
        return (flags & Protocol.O_TRUNC) != 0 ? EMPTY : UNLESS_THERE;
    }
}

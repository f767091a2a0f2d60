package io.swarmgrid.mount.fuse;

import org.jspecify.annotations.Nullable;

/**
 * What of an entry's attributes changes; null leaves it.
 *
 * @param permission the twelve bits of Unix
 */
public record Change(
        @Nullable Long sizeBytes,
        @Nullable Integer permission,
        @Nullable Integer uid,
        @Nullable Integer gid,
        @Nullable Long modifiedMs) {
    static final int MODE = 1;
    static final int UID = 1 << 1;
    static final int GID = 1 << 2;
    static final int SIZE = 1 << 3;
    static final int MODIFIED = 1 << 5;
    static final int MODIFIED_NOW = 1 << 8;

    /** From a request's body: {@code fuse_setattr_in}. */
    static Change of(Request request, long nowMs) {
        int valid = request.u32();
        request.skip(4 + 8);
        long size = request.u64();
        request.skip(8 + 8); // lock owner, time of access
        long modifiedSeconds = request.u64();
        request.skip(8 + 4); // time of change, nanoseconds of access
        int modifiedNanos = request.u32();
        request.skip(4);
        int mode = request.u32();
        request.skip(4);
        int uid = request.u32();
        int gid = request.u32();
        Long modified = null;
        if ((valid & MODIFIED_NOW) != 0) {
            modified = nowMs;
        } else if ((valid & MODIFIED) != 0) {
            modified = modifiedSeconds * 1000 + modifiedNanos / 1_000_000;
        }
        return new Change(
                (valid & SIZE) != 0 ? size : null,
                (valid & MODE) != 0 ? mode & Attributes.PERMISSION : null,
                (valid & UID) != 0 ? uid : null,
                (valid & GID) != 0 ? gid : null,
                modified);
    }
}

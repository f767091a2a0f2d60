package io.swarmgrid.mount.fuse;

/** Whose process asks. */
public record Caller(int uid, int gid) {}

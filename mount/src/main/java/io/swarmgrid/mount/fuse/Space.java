package io.swarmgrid.mount.fuse;

/** What {@code df} shows. */
public record Space(long capacityBytes, long freeBytes) {}

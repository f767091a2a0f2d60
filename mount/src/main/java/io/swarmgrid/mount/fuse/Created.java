package io.swarmgrid.mount.fuse;

/** A file that was made and opened. */
public record Created(Entry entry, Opened opened) {}

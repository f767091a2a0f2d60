package io.swarmgrid.mount.fuse;

/**
 * A file that was opened.
 *
 * @param handle what it is called until it is released
 * @param keepCache whether what the kernel has of its content still holds
 * @param flushes whether a close of it is to be heard of
 */
public record Opened(long handle, boolean keepCache, boolean flushes) {}

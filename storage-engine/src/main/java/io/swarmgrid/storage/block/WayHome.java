package io.swarmgrid.storage.block;

/**
 * Which file a block belongs to, kept in its sidecar so that closed files can be rebuilt from block directories alone.
 *
 * @param inodeId the file
 * @param path where the file was when the block was sealed; empty if not known
 * @param offset the place of the first byte of the block in the file, bytes
 */
public record WayHome(long inodeId, String path, long offset) {}

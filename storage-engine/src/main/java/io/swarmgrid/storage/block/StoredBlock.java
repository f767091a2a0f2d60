package io.swarmgrid.storage.block;

/**
 * A block in the local store.
 *
 * @param crc32c over the whole block; 0 while open
 * @param path of the block file, for tools and for local readers
 */
public record StoredBlock(
        BlockId id, long epoch, long lengthBytes, int crc32c, boolean sealed, WayHome home, java.nio.file.Path path) {}

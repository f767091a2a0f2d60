package io.swarmgrid.storage.block;

import io.swarmgrid.config.Durability;
import java.nio.file.Path;

/**
 * A block in the local store.
 *
 * @param crc32c over the whole block; 0 while open
 * @param durability what it was to survive when it was written: a copy of it is to survive the same
 * @param path of the block file, for tools and for local readers
 */
public record StoredBlock(
        BlockId id,
        long epoch,
        long lengthBytes,
        int crc32c,
        boolean sealed,
        WayHome home,
        Durability durability,
        Path path) {
    StoredBlock with(Durability other) {
        return new StoredBlock(id, epoch, lengthBytes, crc32c, sealed, home, other, path);
    }

    StoredBlock at(Path other) {
        return new StoredBlock(id, epoch, lengthBytes, crc32c, sealed, home, durability, other);
    }

    StoredBlock under(long next, Path named) {
        return new StoredBlock(id, next, lengthBytes, crc32c, sealed, home, durability, named);
    }
}

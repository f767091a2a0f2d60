package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A look at the files of a block that believes nothing that is in memory. */
final class Inspection {
    private static final int READ_BYTES = 1 << 20;

    private Inspection() {}

    /**
     * Makes sure that both files are there, plain, long enough, and belong together. What lies behind the block's length is nobody's.
     *
     * @throws Sidecar.DamagedException where they are not
     */
    static void requireWhole(StoredBlock block) throws IOException {
        Path meta = Tier.sidecar(block.path());
        requirePlain(block.path());
        requirePlain(meta);
        Sidecar sidecar = Sidecar.readHead(meta);
        if (!sidecar.id().equals(block.id())
                || sidecar.epoch() != block.epoch()
                || sidecar.lengthBytes() != block.lengthBytes()
                || sidecar.crc32c() != block.crc32c()) {
            throw new Sidecar.DamagedException("sidecar is of another block or of another time: block=" + sidecar.id()
                    + ", epoch=" + sidecar.epoch() + ", length_bytes=" + sidecar.lengthBytes() + ": " + meta);
        }
        long fileBytes = Files.size(block.path());
        if (fileBytes < block.lengthBytes()) {
            throw new Sidecar.DamagedException(
                    "file has " + fileBytes + " of " + block.lengthBytes() + " bytes: " + block.path());
        }
    }

    static void requirePlain(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Sidecar.DamagedException("not a plain file: " + file);
        }
    }

    /** Whether reading all of a sealed block from the disk shows that it is damaged. */
    static boolean isBad(BlockStore store, StoredBlock block) {
        try (BlockReader reader = store.inspect(block.id(), block.epoch())) {
            for (long at = 0; at < block.lengthBytes(); at += READ_BYTES) {
                reader.read(at, (int) Math.min(READ_BYTES, block.lengthBytes() - at))
                        .release();
            }
            return false;
        } catch (GridException e) {
            if (e.code() != ErrorCode.CORRUPT_DATA && e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            return e.code() == ErrorCode.CORRUPT_DATA;
        }
    }
}

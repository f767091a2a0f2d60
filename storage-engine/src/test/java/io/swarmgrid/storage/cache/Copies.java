package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.TierOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What the tests of this package share: blocks whose bytes follow from their ids, and stores. */
final class Copies {
    static final int CHUNK = 64 << 10;

    private Copies() {}

    static CacheConfig config(String share, int maxEntries) {
        return config(share, maxEntries, 0);
    }

    /** @param hotRate reads a second; 0 for no block that is in demand */
    static CacheConfig config(String share, int maxEntries, int hotRate) {
        return new CacheConfig(
                Reserve.parse(share),
                Reserve.ofPercent(5),
                maxEntries,
                4,
                2,
                Reserve.ofPercent(50),
                hotRate,
                2,
                Duration.ofMinutes(5));
    }

    static LocalBlockStore store(ChunkBuffers buffers, TierConfig... tiers) {
        return LocalBlockStore.open(List.of(tiers), Reserve.ofPercent(0), buffers, new TierOwner("grid", "n1"));
    }

    static TierConfig tier(Medium medium, Path path, long capacityBytes) {
        return new TierConfig(medium, path, Optional.of(DataSize.ofBytes(capacityBytes)));
    }

    static byte[] bytes(long id, int length) {
        byte[] bytes = new byte[length];
        new Random(id).nextBytes(bytes);
        return bytes;
    }

    static SealedBlock block(long id, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes(id, length));
        return new SealedBlock(new BlockId(id), 3, length, (int) crc.getValue());
    }

    /** The bytes of a block, wherever its fetch begins. */
    static Origin origin(SealedBlock block) {
        byte[] all = bytes(block.id().value(), (int) block.lengthBytes());
        return new Origin() {
            @Override
            public void read(ByteBuf target, long from, int length) {
                target.writeBytes(all, (int) from, length);
            }

            @Override
            public void close() {}
        };
    }

    /** Makes a copy; false where it is not worth it, or has no room. */
    static boolean make(Shelf shelf, SealedBlock block, ChunkBuffers buffers) {
        return shelf.isWanted(block, true) && new Fetch(block, shelf, origin(block)).run(buffers, CHUNK);
    }

    /** All of a copy; null where there is none. */
    static byte @Nullable [] read(Shelf shelf, SealedBlock block) {
        BlockReader reader = shelf.open(block);
        if (reader == null) {
            return null;
        }
        try (reader) {
            ByteBuf bytes = reader.read(0, (int) block.lengthBytes());
            byte[] all = new byte[bytes.readableBytes()];
            bytes.readBytes(all);
            bytes.release();
            return all;
        }
    }

    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Of all near files of a tier. */
    static long nearBytes(Path tier) throws IOException {
        long sum = 0;
        for (Path file : files(tier.resolve("near"))) {
            sum += Files.size(file);
        }
        return sum;
    }

    static void assertIs(byte @Nullable [] bytes, SealedBlock block) {
        assertThat(bytes).isEqualTo(bytes(block.id().value(), (int) block.lengthBytes()));
    }
}

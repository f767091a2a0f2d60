package io.swarmgrid.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What the tests of this package share: stores on a directory, bytes, whole writes and reads. */
final class Blocks {
    static final WayHome HOME = new WayHome(77, "/datasets/flights/part-00000.arrow", 128L << 20);
    static final Reserve NO_RESERVE = Reserve.ofPercent(0);

    private Blocks() {}

    static BlockId id(long value) {
        return new BlockId(value);
    }

    static TierConfig ssd(Path directory) {
        return new TierConfig(Medium.SSD, directory, Optional.empty());
    }

    static TierConfig ssd(Path directory, long capacityBytes) {
        return new TierConfig(Medium.SSD, directory, Optional.of(DataSize.ofBytes(capacityBytes)));
    }

    static LocalBlockStore store(ChunkBuffers buffers, TierConfig... tiers) {
        return LocalBlockStore.open(List.of(tiers), NO_RESERVE, buffers, null);
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static SealedBlock put(BlockStore store, BlockId id, long epoch, byte[] content) {
        try (BlockWriter writer = store.create(id, epoch, HOME, Durability.PROCESS, content.length)) {
            writer.write(ByteBuffer.wrap(content));
            return writer.seal();
        }
    }

    static byte[] read(BlockReader reader, long position, int length) {
        ByteBuf buffer = reader.read(position, length);
        try {
            assertThat(buffer.readableBytes()).isEqualTo(length);
            byte[] content = new byte[length];
            buffer.readBytes(content);
            return content;
        } finally {
            buffer.release();
        }
    }

    static byte[] read(BlockStore store, BlockId id, long epoch) {
        try (BlockReader reader = store.open(id, epoch)) {
            return read(reader, 0, Math.toIntExact(reader.block().lengthBytes()));
        }
    }
}

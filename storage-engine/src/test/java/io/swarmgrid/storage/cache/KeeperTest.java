package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.cache.Keeper.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Near copies that yield to nothing. */
class KeeperTest {
    private static final int MIB = 1 << 20;
    private static final int LENGTH = MIB - 4096;
    private static final WayHome HOME = new WayHome(1, "/f", 0);

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 * MIB);

    @AfterEach
    void nothingLeaked() {
        assertThat(buffers.outstandingBytes()).isZero();
    }

    private LocalBlockStore store() {
        return Copies.store(
                buffers,
                Copies.tier(Medium.MEM, directory.resolve("mem"), 8 * MIB),
                Copies.tier(Medium.SSD, directory.resolve("ssd"), 20 * MIB));
    }

    private NearCopies near(LocalBlockStore store) {
        return NearCopies.open(store.nearTiers(), Copies.config("25%", 1000), buffers, Copies.CHUNK);
    }

    private static Outcome keep(NearCopies near, long id, Medium medium) {
        SealedBlock block = Copies.block(id, LENGTH);
        return near.keeper().keep(block, 70 + id, medium, () -> Copies.origin(block));
    }

    private static void put(LocalBlockStore store, long id, Durability durability) {
        try (BlockWriter writer = store.create(new BlockId(id), 0, HOME, durability, LENGTH)) {
            writer.write(ByteBuffer.wrap(Copies.bytes(id, LENGTH)));
            writer.seal();
        }
    }

    private static void assertReads(NearCopies near, long id) {
        SealedBlock block = Copies.block(id, LENGTH);
        try (BlockReader reader =
                Objects.requireNonNull(near.keeper().open(block.id(), block.epoch()), () -> "block " + id)) {
            ByteBuf bytes = reader.read(0, LENGTH);
            byte[] all = new byte[LENGTH];
            bytes.readBytes(all);
            bytes.release();
            Copies.assertIs(all, block);
        }
    }

    @Test
    void keepsSoMuchAndNoMoreAndYieldsToNothing() throws IOException {
        try (LocalBlockStore store = store();
                NearCopies near = near(store)) {
            for (long id = 1; id <= 3; id++) {
                assertThat(keep(near, id, Medium.MEM)).isEqualTo(Outcome.KEPT);
            }
            assertThat(keep(near, 3, Medium.MEM)).as("again").isEqualTo(Outcome.KEPT);
            assertThat(near.keeper().mostBytes(Medium.MEM)).isEqualTo(4 * MIB);
            assertThat(keep(near, 4, Medium.MEM)).isEqualTo(Outcome.KEPT);
            assertThat(keep(near, 5, Medium.MEM)).isEqualTo(Outcome.FULL);
            assertThat(near.keeper().leftBytes(Medium.MEM)).isLessThan(MIB);
            assertThat(keep(near, 5, Medium.HDD)).as("there is none").isEqualTo(Outcome.FULL);

            // What is written to memory has the rest, and more of it goes where there is room.
            LongStream.rangeClosed(101, 120).forEach(id -> put(store, id, Durability.MEMORY));
            // What is read a thousand times has its share beside it.
            for (int round = 0; round < 20; round++) {
                for (long id = 201; id <= 220; id++) {
                    SealedBlock hot = Copies.block(id, LENGTH);
                    near.missed(hot, true, () -> Copies.origin(hot));
                }
            }
            for (long id = 1; id <= 4; id++) {
                assertReads(near, id);
                assertThat(near.keeper().isKept(Copies.block(id, LENGTH), Medium.MEM))
                        .isTrue();
            }
            assertThat(store.blocks()).isEqualTo(20);
            assertThat(near.keptBytes()).isEqualTo(4 * NearFile.fileBytes(LENGTH));
            assertThat(Copies.nearBytes(directory.resolve("mem"))).isGreaterThanOrEqualTo(near.keptBytes());

            for (long id = 1; id <= 4; id++) {
                near.keeper().release(new BlockId(id), 3);
            }
            assertThat(near.keptBytes()).isZero();
            assertThat(near.keeper().leftBytes(Medium.MEM)).isEqualTo(4 * MIB);
            assertThat(near.keeper().all()).isEmpty();
            assertThat(near.keeper().open(new BlockId(1), 3)).isNull();
        }
        assertThat(Copies.files(directory.resolve("mem").resolve("near"))).isEmpty();
    }

    @Test
    void keepsWhatIsNearAlreadyAndMovesItToAnotherMedium() throws IOException {
        try (LocalBlockStore store = store();
                NearCopies near = near(store)) {
            SealedBlock block = Copies.block(1, LENGTH);
            Shelf shelf = Shelf.open(store.nearTiers().get(1), Copies.config("25%", 1000), buffers);
            assertThat(Copies.make(shelf, block, buffers)).isTrue();
            assertThat(shelf.kept().promise(NearFile.fileBytes(LENGTH))).isTrue();
            assertThat(shelf.keepHere(block, 71)).isTrue();
            assertThat(shelf.isKept(block)).isTrue();
            assertThat(Copies.files(directory.resolve("ssd/near"))).hasSize(1);
            assertThat(shelf.heldBytes()).isZero();
            Copies.assertIs(Copies.read(shelf, block), block);
            shelf.release(block);
            assertThat(shelf.keptBytes()).isZero();

            assertThat(keep(near, 1, Medium.SSD)).isEqualTo(Outcome.KEPT);
            assertThat(keep(near, 1, Medium.MEM)).isEqualTo(Outcome.KEPT);
            assertThat(near.keeper().isKept(block, Medium.SSD)).isFalse();
            assertThat(Copies.files(directory.resolve("ssd/near"))).isEmpty();
            assertThat(near.keeper().all()).containsExactly(new Keeper.Copy(block, 71));
        }
    }

    @Test
    void findsWhatItKeptAfterARestart() throws IOException {
        try (LocalBlockStore store = store();
                NearCopies near = near(store)) {
            for (long id = 1; id <= 6; id++) {
                assertThat(keep(near, id, Medium.SSD)).isEqualTo(Outcome.KEPT);
            }
        }
        List<Path> files = Copies.files(directory.resolve("ssd/near"));
        Path damaged = files.stream()
                .filter(file -> file.getFileName().toString().startsWith("0000000000000006."))
                .findFirst()
                .orElseThrow();
        try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), LENGTH + 5L);
        }
        try (LocalBlockStore store = store();
                NearCopies near = NearCopies.open(store.nearTiers(), Copies.config("0%", 2), buffers, Copies.CHUNK)) {
            assertThat(near.keeper().all()).hasSize(6);
            assertThat(near.keptBytes()).isEqualTo(6 * NearFile.fileBytes(LENGTH));
            for (long id = 1; id <= 5; id++) {
                assertReads(near, id);
            }
            assertThat(near.keeper().open(new BlockId(6), 3)).isNull();
            assertThat(near.keptBytes()).as("the bad one is gone").isEqualTo(5 * NearFile.fileBytes(LENGTH));
            assertThat(Files.exists(damaged)).isFalse();
            assertThat(keep(near, 7, Medium.SSD))
                    .as("no more files than may be")
                    .isEqualTo(Outcome.FULL);
        }
    }

    /** A block had to have its room, or the copy came to nothing: all that was promised is given back. */
    @Test
    void givesBackWhatCameToNothing() throws IOException {
        CacheConfig config = Copies.config("25%", 1000);
        try (LocalBlockStore store = store();
                NearCopies near = NearCopies.open(store.nearTiers(), config, buffers, Copies.CHUNK)) {
            SealedBlock block = Copies.block(1, LENGTH);
            SealedBlock other = new SealedBlock(block.id(), block.epoch(), LENGTH, block.crc32c() + 1);
            assertThat(near.keeper().keep(other, 71, Medium.SSD, () -> Copies.origin(block)))
                    .as("other bytes")
                    .isEqualTo(Outcome.FAILED);
            Origin all = Copies.origin(block);
            Origin pushing = new Origin() {
                @Override
                public void read(ByteBuf target, long from, int length) {
                    if (from == 4L * Copies.CHUNK) {
                        LongStream.rangeClosed(101, 120).forEach(id -> put(store, id, Durability.PROCESS));
                    }
                    all.read(target, from, length);
                }

                @Override
                public void close() {}
            };
            assertThat(near.keeper().keep(block, 71, Medium.SSD, () -> pushing)).isEqualTo(Outcome.FAILED);
            assertThat(near.keptBytes()).isZero();
            assertThat(near.heldBytes()).isZero();
            assertThat(near.keeper().leftBytes(Medium.SSD)).isEqualTo(10 * MIB);
            assertThat(keep(near, 2, Medium.SSD)).as("blocks have it all").isEqualTo(Outcome.FULL);
            assertThat(near.keeper().leftBytes(Medium.SSD)).isEqualTo(10 * MIB);
            assertThat(Copies.files(directory.resolve("ssd/near"))).isEmpty();
        }
    }
}

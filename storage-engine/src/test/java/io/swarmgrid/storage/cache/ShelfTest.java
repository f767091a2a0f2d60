package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.WayHome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShelfTest {
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

    private LocalBlockStore store(int capacityMib) {
        return Copies.store(buffers, Copies.tier(Medium.SSD, directory, (long) capacityMib * MIB));
    }

    private Shelf shelf(LocalBlockStore store, CacheConfig config) {
        return Shelf.open(store.nearTiers().get(0), config, buffers);
    }

    private static void put(LocalBlockStore store, long id) {
        try (BlockWriter writer = store.create(new BlockId(id), 0, HOME, Durability.PROCESS, LENGTH)) {
            writer.write(ByteBuffer.wrap(Copies.bytes(id, LENGTH)));
            writer.seal();
        }
    }

    @Test
    void keepsItsShareAndWhatIsReadMost() throws IOException {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            for (int round = 0; round < 10; round++) {
                for (long id = 1; id <= 5; id++) {
                    read(shelf, id);
                }
            }
            for (long id = 100; id < 400; id++) {
                read(shelf, id);
                read(shelf, 1 + id % 5);
                assertThat(shelf.heldBytes()).isLessThanOrEqualTo(10 * MIB);
                assertThat(Copies.nearBytes(directory)).isEqualTo(shelf.heldBytes());
            }
            for (long id = 1; id <= 5; id++) {
                Copies.assertIs(Copies.read(shelf, Copies.block(id, LENGTH)), Copies.block(id, LENGTH));
            }
            assertThat(store.usedBytes()).isZero();
            assertThat(store.freeBytes()).isEqualTo(20 * MIB);
            assertThat(store.list()).isEmpty();
        }
    }

    private void read(Shelf shelf, long id) {
        SealedBlock block = Copies.block(id, LENGTH);
        if (shelf.has(block)) {
            shelf.touch(block);
        } else {
            Copies.make(shelf, block, buffers);
        }
    }

    /** What is read once, and in passing, is not brought here once there is no room without something having to go. */
    @Test
    void aScanWritesNothingOnceAllRoomIsTaken() {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            int made = 0;
            for (long id = 1; id <= 500; id++) {
                made += Copies.make(shelf, Copies.block(id, LENGTH), buffers) ? 1 : 0;
            }
            assertThat(made).isBetween(8, 10);
            assertThat(shelf.isWanted(Copies.block(1000, LENGTH), true)).isFalse();
        }
    }

    @Test
    void blocksPushNearCopiesOut() throws IOException {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            for (long id = 1; id <= 9; id++) {
                assertThat(Copies.make(shelf, Copies.block(id, LENGTH), buffers))
                        .isTrue();
            }
            for (long id = 101; id <= 119; id++) {
                put(store, id);
                long all = Copies.files(directory).stream()
                        .mapToLong(file -> file.toFile().length())
                        .sum();
                assertThat(all).isLessThanOrEqualTo(20 * MIB + 4096);
            }
            assertThat(store.blocks()).isEqualTo(19);
            assertThat(shelf.heldBytes()).isLessThanOrEqualTo(20 * MIB - store.usedBytes());
            assertThat(shelf.evictions().all()).isPositive();
            assertThat(Copies.make(shelf, Copies.block(50, LENGTH), buffers)).isFalse();
        }
    }

    @Test
    void pagesThatWentAreCountedByWhatTheyAreOf() {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            for (int i = 0; i < 8; i++) {
                SealedBlock page =
                        new SealedBlock(new BlockId(NearPage.id((long) i << 40)), NearPage.epoch(i, -i % 2), LENGTH, 0);
                assertThat(shelf.isWanted(page, true)).isTrue();
                assertThat(shelf.keep(page, Unpooled.wrappedBuffer(Copies.bytes(i, LENGTH))))
                        .isTrue();
            }
            LongStream.rangeClosed(101, 119).forEach(id -> put(store, id));
            Evictions evictions = shelf.evictions();
            assertThat(evictions.ofPages(0)).isPositive();
            assertThat(evictions.ofPages(-1)).isPositive();
            assertThat(evictions.ofPages(0) + evictions.ofPages(-1)).isEqualTo(evictions.all());
            assertThat(evictions.ofPages(1)).isZero();
        }
    }

    /** Its room is wanted while it is written: it goes, and the block is written. */
    @Test
    void aCopyThatIsBeingMadeYieldsToo() {
        try (LocalBlockStore store = store(4)) {
            Shelf shelf = shelf(store, Copies.config("60%", 1000));
            SealedBlock block = Copies.block(1, 2 * LENGTH);
            assertThat(shelf.isWanted(block, true)).isTrue();
            Origin all = Copies.origin(block);
            Origin pushing = new Origin() {
                @Override
                public void read(ByteBuf target, long from, int length) {
                    if (from == 4 * Copies.CHUNK) {
                        LongStream.rangeClosed(101, 104).forEach(id -> put(store, id));
                    }
                    assertThat(from).isLessThanOrEqualTo(4 * Copies.CHUNK);
                    all.read(target, from, length);
                }

                @Override
                public void close() {}
            };
            assertThat(new Fetch(block, shelf, pushing).run(buffers, Copies.CHUNK))
                    .isFalse();
            assertThat(shelf.heldBytes()).isZero();
            assertThat(store.blocks()).isEqualTo(4);
            assertThat(store.freeBytes()).isEqualTo(4 * MIB - store.usedBytes());
        }
    }

    @Test
    void aRestartFindsWhatIsWholeAndRemovesTheRest() throws IOException {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            for (long id = 1; id <= 5; id++) {
                Copies.make(shelf, Copies.block(id, LENGTH), buffers);
            }
        }
        List<Path> files = Copies.files(directory.resolve("near"));
        Path unfinished = files.get(0).resolveSibling("0000000000000009.3.10.00000000.77.part");
        Files.write(unfinished, new byte[1000]);
        Path stranger = Files.write(files.get(0).resolveSibling("what is that"), new byte[1000]);
        try (FileChannel cut = FileChannel.open(files.get(1), StandardOpenOption.WRITE)) {
            cut.truncate(100);
        }
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            assertThat(shelf.entries()).isEqualTo(4);
            assertThat(List.of(unfinished, stranger, files.get(1))).noneMatch(Files::exists);
            assertThat(shelf.heldBytes())
                    .isEqualTo(4 * NearFile.fileBytes(LENGTH))
                    .isEqualTo(Copies.nearBytes(directory));
            assertThat(store.list()).isEmpty();
            assertThat(store.strays()).isEmpty();
            // None is given the name of one that is there.
            assertThat(Copies.make(shelf, Copies.block(6, LENGTH), buffers)).isTrue();
            assertThat(Copies.files(directory.resolve("near"))).hasSize(5);
        }
    }

    @Test
    void aRestartKeepsTheNewestWhereThereAreTooMany() throws IOException {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            for (long id = 1; id <= 8; id++) {
                Copies.make(shelf, Copies.block(id, LENGTH), buffers);
            }
        }
        for (Path file : Copies.files(directory.resolve("near"))) {
            NearFile of =
                    Objects.requireNonNull(NearFile.parse(file.getFileName().toString()));
            Files.setLastModifiedTime(
                    file, FileTime.fromMillis(1000 * of.block().id().value()));
        }
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 3));
            assertThat(shelf.has(Copies.block(8, LENGTH))).isTrue();
            assertThat(shelf.has(Copies.block(5, LENGTH))).isFalse();
            assertThat(shelf.entries()).isLessThanOrEqualTo(3);
            assertThat(shelf.heldBytes()).isEqualTo(Copies.nearBytes(directory));
        }
    }

    /** Before anybody has looked at what is there. */
    @Test
    void whatIsThereAtAStartIsNotGivenAwayAsRoom() throws IOException {
        try (LocalBlockStore store = store(20)) {
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            for (long id = 1; id <= 9; id++) {
                Copies.make(shelf, Copies.block(id, LENGTH), buffers);
            }
        }
        try (LocalBlockStore store = store(10)) {
            put(store, 101);
            Shelf shelf = shelf(store, Copies.config("50%", 1000));
            assertThat(shelf.heldBytes()).isLessThanOrEqualTo(5 * MIB).isEqualTo(Copies.nearBytes(directory));
            for (long id = 102; id <= 110; id++) {
                put(store, id);
            }
            assertThat(store.usedBytes() + shelf.heldBytes()).isLessThanOrEqualTo(10 * MIB);
        }
    }

    @Test
    void withoutAShareThereIsNothing() throws IOException {
        try (LocalBlockStore store = store(20)) {
            Copies.make(shelf(store, Copies.config("50%", 1000)), Copies.block(1, LENGTH), buffers);
            assertThat(Copies.nearBytes(directory)).isPositive();
        }
        try (LocalBlockStore store = store(20);
                NearCopies near =
                        NearCopies.open(store.nearTiers(), Copies.config("0%", 1000), buffers, Copies.CHUNK)) {
            SealedBlock block = Copies.block(1, LENGTH);
            assertThat(near.open(block)).isNull();
            near.missed(block, true, () -> Copies.origin(block));
            assertThat(near.fetched(block, 0, 10, true)).isNull();
            assertThat(Copies.nearBytes(directory)).isZero();
        }
    }
}

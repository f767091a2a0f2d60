package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.put;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Reserve;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalBlockStoreTest {
    private static final int LENGTH = 300_000;

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 << 20);

    private final byte[] content = Blocks.bytes(new Random(1), LENGTH);
    private LocalBlockStore store;

    @BeforeEach
    void open() {
        store = store(buffers, ssd(directory));
    }

    @AfterEach
    void nothingLeaked() {
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void whatWasSealedIsReadBackAndIsAPlainFile(Durability durability) throws IOException {
        SealedBlock sealed;
        try (BlockWriter writer = store.create(id(1), 3, HOME, durability, LENGTH)) {
            for (int from = 0; from < LENGTH; from += 70_000) {
                writer.write(ByteBuffer.wrap(content, from, Math.min(70_000, LENGTH - from)));
            }
            assertThat(writer.position()).isEqualTo(LENGTH);
            if (durability != Durability.MEMORY) {
                writer.force();
            }
            sealed = writer.seal();
        }

        StoredBlock block = store.find(id(1)).orElseThrow();
        assertThat(sealed).isEqualTo(new SealedBlock(id(1), 3, LENGTH, block.crc32c()));
        assertThat(block)
                .isEqualTo(new StoredBlock(
                        id(1), 3, LENGTH, sealed.crc32c(), true, HOME, block.durability(), block.path()));
        assertThat(block.path().getFileName()).hasToString("0000000000000001.3");
        assertThat(Files.readAllBytes(block.path())).isEqualTo(content);
        assertThat(read(store, id(1), 3)).isEqualTo(content);
    }

    @Test
    void readsAnyRange() {
        put(store, id(1), 0, content);
        Seed seed = Seed.next(LocalBlockStoreTest.class);
        Random random = seed.random();
        try (BlockReader reader = store.open(id(1), 0)) {
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(LENGTH + 1);
                int length = random.nextInt(LENGTH - from + 1);
                assertThat(read(reader, from, length))
                        .as("%s, from=%d, length=%d", seed, from, length)
                        .isEqualTo(Arrays.copyOfRange(content, from, from + length));
            }
        }
    }

    @Test
    void refusesToReadPastTheEnd() {
        put(store, id(1), 0, content);
        try (BlockReader reader = store.open(id(1), 0)) {
            assertThatThrownBy(() -> reader.read(LENGTH - 1, 2))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining("position=299999, length=2, length_bytes=300000");
            assertThatThrownBy(() -> reader.read(-1, 1)).hasMessageContaining("position=-1");
        }
    }

    @Test
    void anEmptyBlockIsABlock() {
        put(store, id(1), 0, new byte[0]);
        reopen();

        assertThat(read(store, id(1), 0)).isEmpty();
    }

    @Test
    void findsSealedBlocksAfterARestartAndNoUnfinishedOnes() throws IOException {
        put(store, id(1), 1, content);
        BlockWriter unfinished = store.create(id(2), 1, HOME, Durability.POWER, LENGTH);
        unfinished.write(ByteBuffer.wrap(content));
        Path leftover = store.find(id(2)).orElseThrow().path();
        Path unfinishedSidecar = leftover.resolveSibling(leftover.getFileName() + LocalBlockWriter.TEMPORARY);
        Path lonelySidecar = leftover.resolveSibling("00000000000000ff.1.meta");
        store.close();
        for (Path file : List.of(leftover, unfinishedSidecar, lonelySidecar)) {
            Files.write(file, content);
        }

        store = store(buffers, ssd(directory));

        assertThat(store.list()).extracting(StoredBlock::id).containsExactly(id(1));
        assertThat(store.find(id(1)).orElseThrow().home()).isEqualTo(HOME);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertThat(List.of(unfinishedSidecar, lonelySidecar)).noneMatch(Files::exists);
        // It may be whole: only the metadata can tell.
        assertThat(store.strays()).containsExactly(new StrayBlock(id(2), 1, LENGTH, leftover));
        assertThat(store.dropStray(store.strays().get(0))).isTrue();
        assertThat(leftover).doesNotExist();
        assertThat(store.strays()).isEmpty();
        assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, HOME));
    }

    @Test
    void anUnfinishedBlockIsReadAsFarAsItIsAndGoesWithItsWriter() {
        try (BlockWriter writer = store.create(id(1), 1, HOME, Durability.PROCESS, LENGTH)) {
            writer.write(ByteBuffer.wrap(content));

            StoredBlock block = store.find(id(1)).orElseThrow();
            assertThat(block.sealed()).isFalse();
            assertThat(block.lengthBytes()).isEqualTo(LENGTH);
            try (BlockReader reader = store.open(id(1), 1)) {
                writer.write(ByteBuffer.wrap(content));
                assertThat(read(reader, 0, LENGTH)).as("while it grows").isEqualTo(content);
                assertThatThrownBy(() -> reader.read(LENGTH, 1)).hasMessageContaining("past the end");
            }
            assertThatThrownBy(() -> store.open(id(1), 2))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
        assertThat(store.find(id(1))).isEmpty();
        assertThat(store.usedBytes()).isZero();
        assertThat(files()).isEmpty();
    }

    /** What a process leaves that was killed: the block as far as it got, and the sidecar of the last flush. */
    @Test
    void whatWasFlushedIsFoundAfterACrash() throws IOException {
        Path copy = directory.resolveSibling(directory.getFileName() + "-crashed");
        try (BlockWriter writer = store.create(id(1), 1, HOME, Durability.PROCESS, 2 * LENGTH)) {
            writer.write(ByteBuffer.wrap(content));
            writer.flush();
            writer.epoch(2, LENGTH - 5);
            writer.write(ByteBuffer.wrap(content));
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(
                                each -> !each.getFileName().toString().equals("LOCK"))
                        .toList()) {
                    Files.copy(file, copy.resolve(directory.relativize(file)));
                }
            }
        }
        assertThat(read(store, id(1), 2)).as("ended with its writer").hasSize(2 * LENGTH - 5);
        store.close();

        store = store(buffers, ssd(copy));

        assertThat(store.list()).extracting(StoredBlock::epoch).containsExactly(2L);
        assertThat(read(store, id(1), 2)).isEqualTo(Arrays.copyOf(content, LENGTH - 5));
    }

    @Test
    void theSameOrALaterEpochIsInTheWayAnOlderOneGoes() {
        put(store, id(1), 5, content);

        for (long epoch : new long[] {4, 5}) {
            assertThatThrownBy(() -> store.create(id(1), epoch, HOME, Durability.PROCESS, 0))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                    .hasMessageContaining("epoch=5, asked=" + epoch);
        }
        put(store, id(1), 6, new byte[] {1, 2, 3});

        assertThat(read(store, id(1), 6)).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> store.open(id(1), 5)).hasMessageContaining("no such block here");
        assertThat(files()).hasSize(2);
    }

    @Test
    void aLaterEpochFencesTheWriterOfAnOlderOne() {
        BlockWriter old = store.create(id(1), 1, HOME, Durability.PROCESS, 10);
        old.write(ByteBuffer.wrap(new byte[10]));
        BlockWriter next = store.create(id(1), 2, HOME, Durability.PROCESS, 10);

        assertThatThrownBy(() -> old.write(ByteBuffer.wrap(new byte[1])))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining("writer of block is closed");
        assertThatThrownBy(old::seal).hasMessageContaining("closed");
        old.close();
        next.write(ByteBuffer.wrap(content));
        next.seal();
        assertThat(read(store, id(1), 2)).isEqualTo(content);
    }

    @Test
    void goesOnUnderALaterEpochCutToWhatSurvived() {
        for (int cut : new int[] {0, 1, 65_536, 65_537, 131_071, 200_000}) {
            BlockId id = id(1000 + cut);
            byte[] tail = Blocks.bytes(new Random(cut), 100_000);
            try (BlockWriter writer = store.create(id, 1, HOME, Durability.POWER, LENGTH)) {
                writer.write(ByteBuffer.wrap(content, 0, 200_000));
                writer.epoch(4, cut);
                assertThat(writer.epoch()).isEqualTo(4);
                assertThat(writer.position()).isEqualTo(cut);
                writer.write(ByteBuffer.wrap(tail));
                writer.seal();
            }
            ByteBuffer expected =
                    ByteBuffer.allocate(cut + tail.length).put(content, 0, cut).put(tail);
            assertThat(read(store, id, 4)).as("cut to %d", cut).isEqualTo(expected.array());
        }
        long used = store.usedBytes();
        reopen();
        assertThat(store.usedBytes()).isEqualTo(used);
        assertThat(store.blocks()).isEqualTo(6);
        assertThat(store.find(id(1000)).orElseThrow().epoch()).isEqualTo(4);
    }

    @Test
    void refusesAnEpochThatDoesNotRiseAndACutThatGrows() {
        try (BlockWriter writer = store.create(id(1), 2, HOME, Durability.PROCESS, 10)) {
            writer.write(ByteBuffer.wrap(new byte[10]));
            assertThatThrownBy(() -> writer.epoch(2, 10)).hasMessageContaining("epoch does not rise");
            assertThatThrownBy(() -> writer.epoch(3, 11)).hasMessageContaining("position=10, to=11");
            assertThat(writer.seal().epoch()).isEqualTo(2);
        }
    }

    @Test
    void readersReadOnAfterTheBlockWasDeleted() {
        put(store, id(1), 1, content);
        try (BlockReader reader = store.open(id(1), 1)) {
            assertThat(store.delete(id(1), 2)).isFalse();
            assertThat(store.delete(id(1), 1)).isTrue();
            assertThat(store.delete(id(1), 1)).isFalse();

            assertThat(read(reader, 0, LENGTH)).isEqualTo(content);
            assertThat(store.find(id(1))).isEmpty();
            assertThat(store.usedBytes()).isZero();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void deletesABlockThatIsStillBeingWritten() {
        BlockWriter writer = store.create(id(1), 1, HOME, Durability.PROCESS, LENGTH);
        writer.write(ByteBuffer.wrap(content));

        assertThat(store.delete(id(1), 1)).isTrue();
        assertThatThrownBy(writer::seal).hasMessageContaining("closed");
        assertThat(store.blocks()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void anInterruptedReaderDoesNotEndTheOthers() throws InterruptedException {
        put(store, id(1), 1, content);
        try (BlockReader reader = store.open(id(1), 1)) {
            Thread interrupted = new Thread(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> reader.read(0, LENGTH))
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            });
            interrupted.start();
            interrupted.join();

            assertThat(read(reader, 0, LENGTH)).isEqualTo(content);
            assertThat(buffers.outstandingBytes()).isZero();
        }
    }

    @Test
    void anAlignedReadIsTheBufferItself() {
        put(store, id(1), 1, content);
        try (BlockReader reader = store.open(id(1), 1)) {
            ByteBuf aligned = reader.read(65_536, 131_072);
            ByteBuf unaligned = reader.read(65_537, 10);
            try {
                assertThat(aligned.unwrap()).isNull();
                assertThat(unaligned.unwrap()).isNotNull();
                assertThat(unaligned.hasMemoryAddress()).isTrue();
            } finally {
                aligned.release();
                unaligned.release();
            }
        }
    }

    @Test
    void aClosedStoreTakesNoMore() {
        store.close();

        assertThatThrownBy(() -> store.create(id(1), 1, HOME, Durability.PROCESS, 0))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void twoStoresNeverShareATier() {
        assertThatThrownBy(() -> store(buffers, ssd(directory)))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessage("tier is in use by another node: " + directory);
    }

    @Test
    void refusesTheBlocksOfAnotherGridAndOfAnotherNode() throws IOException {
        put(store, id(1), 1, Blocks.bytes(new Random(1), 100));
        store.close();
        claimed("g1", "n1").close();
        claimed("g1", "n1").close();
        assertRefused(() -> claimed("g2", "n1"), "has blocks of another grid: g1, this one is g2");
        assertThatThrownBy(() -> claimed("g2", "n1"))
                .isInstanceOfSatisfying(GridException.class, e -> assertThat(e.hint())
                        .contains("give the node the tier it had, or an empty directory"));
        assertRefused(() -> claimed("g1", "n2"), "has blocks of another node: n1, this one is n2");
        Files.writeString(directory.resolve(TierOwner.FILE), "{");
        assertRefused(() -> claimed("g1", "n1"), "does not say whose it is: " + directory.resolve(TierOwner.FILE));
        Files.delete(directory.resolve(TierOwner.FILE));
        try (LocalBlockStore again = claimed("g1", "n1")) {
            assertThat(again.list()).hasSize(1);
        }
    }

    private LocalBlockStore claimed(String grid, String node) {
        return LocalBlockStore.open(List.of(ssd(directory)), Reserve.ofPercent(1), buffers, new TierOwner(grid, node));
    }

    private void assertRefused(ThrowingCallable open, String why) {
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining("tier " + directory + " " + why);
    }

    private void reopen() {
        store.close();
        store = store(buffers, ssd(directory));
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> Files.isRegularFile(file)
                            && !file.getFileName().toString().equals("lock"))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a near file, it is the block or nothing. */
class NearFileTest {
    private static final int LENGTH = 2 * Copies.CHUNK + 100;
    private static final SealedBlock BLOCK = Copies.block(7, LENGTH);

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(4 << 20);

    private LocalBlockStore store;
    private Shelf shelf;

    @BeforeEach
    void open() {
        store = Copies.store(buffers, Copies.tier(Medium.SSD, directory, 4 << 20));
        shelf = Shelf.open(store.nearTiers().get(0), Copies.config("50%", 100), buffers);
    }

    @AfterEach
    void nothingLeaked() throws IOException {
        assertThat(shelf.heldBytes()).isEqualTo(Copies.nearBytes(directory));
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    private Path made() throws IOException {
        assertThat(Copies.make(shelf, BLOCK, buffers)).isTrue();
        List<Path> files = Copies.files(directory.resolve("near"));
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    @Test
    void aWholeFileIsTheBlock() throws IOException {
        Path file = made();
        Copies.assertIs(Copies.read(shelf, BLOCK), BLOCK);
        assertThat(Files.size(file)).isEqualTo(NearFile.fileBytes(LENGTH));
        assertThat(NearFile.parse(file.getFileName().toString())).isEqualTo(new NearFile(BLOCK, 1, 0));
    }

    @Test
    void whatTheBlockIsNoMoreIsNotFound() throws IOException {
        made();
        BlockId id = BLOCK.id();
        List<SealedBlock> others = List.of(
                new SealedBlock(new BlockId(8), 3, LENGTH, BLOCK.crc32c()),
                new SealedBlock(id, 4, LENGTH, BLOCK.crc32c()),
                new SealedBlock(id, 2, LENGTH, BLOCK.crc32c()),
                new SealedBlock(id, 3, LENGTH + 1, BLOCK.crc32c()),
                new SealedBlock(id, 3, LENGTH, BLOCK.crc32c() + 1));
        others.forEach(other -> assertThat(Copies.read(shelf, other)).isNull());
        Copies.assertIs(Copies.read(shelf, BLOCK), BLOCK);
    }

    @Test
    void aFileCutShortAnywhereIsNoCopy() throws IOException {
        byte[] whole = Files.readAllBytes(made());
        for (int length = 0; length < whole.length; length += length < LENGTH - 10 ? 9973 : 1) {
            shelf.forget(BLOCK);
            Path file = made();
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(shelf.open(BLOCK)).as("cut at %d", length).isNull();
            assertThat(Files.exists(file)).isFalse();
        }
    }

    @Test
    void aFlippedBitOfTheTrailerIsNoCopy() throws IOException {
        byte[] whole = Files.readAllBytes(made());
        for (int at = LENGTH; at < whole.length; at++) {
            shelf.forget(BLOCK);
            Path file = made();
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            assertThat(shelf.open(BLOCK)).as("flipped at %d", at).isNull();
            assertThat(Files.exists(file)).isFalse();
        }
    }

    @Test
    void aFlippedBitOfTheBytesIsSeenByWhoReadsThem() throws IOException {
        Path file = made();
        byte[] damaged = Files.readAllBytes(file);
        damaged[Copies.CHUNK + 5] ^= 4;
        Files.write(file, damaged);
        try (BlockReader reader = Objects.requireNonNull(shelf.open(BLOCK))) {
            reader.read(0, Copies.CHUNK).release();
            assertThat(failure(reader, Copies.CHUNK)).isEqualTo(ErrorCode.CORRUPT_DATA);
        }
    }

    @Test
    void aFileThatIsGoneIsNoCopy() throws IOException {
        Files.delete(made());
        assertThat(shelf.open(BLOCK)).isNull();
        assertThat(shelf.has(BLOCK)).isFalse();
    }

    /** The sum over all of it is the record's: what a holder believes of a block is not what the grid believes. */
    @Test
    void bytesOfAnotherBlockAreNeverACopy() throws IOException {
        SealedBlock other = Copies.block(9, LENGTH);
        assertThat(shelf.isWanted(BLOCK, true)).isTrue();
        assertThat(new Fetch(BLOCK, shelf, Copies.origin(other)).run(buffers, Copies.CHUNK))
                .isFalse();
        assertThat(shelf.open(BLOCK)).isNull();
        assertThat(Copies.files(directory.resolve("near"))).isEmpty();
    }

    private static ErrorCode failure(BlockReader reader, long from) {
        try {
            ByteBuf bytes = reader.read(from, 10);
            bytes.release();
            throw new AssertionError("read damaged bytes");
        } catch (GridException e) {
            return e.code();
        }
    }
}

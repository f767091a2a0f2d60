package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in the file of a block behind the length that was recorded of it are nobody's, and in nobody's way. */
class BehindTheEndTest {
    private static final int LENGTH = 1 << 20;

    @TempDir
    private Path directory;

    private Path disk;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 << 20);

    private final byte[] content = Blocks.bytes(new Random(1), LENGTH);
    private LocalBlockStore store;

    @BeforeEach
    void open() {
        disk = directory;
        store = store(buffers, ssd(disk));
    }

    @AfterEach
    void nothingLeaked() {
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    private BlockWriter flushed() {
        BlockWriter writer = store.create(id(1), 1, HOME, Durability.PROCESS, 2 * LENGTH);
        writer.write(ByteBuffer.wrap(content));
        writer.flush();
        return writer;
    }

    private void restart() {
        store.close();
        store = store(buffers, ssd(disk));
    }

    private void requireFlushed(long epoch) {
        StoredBlock block = store.find(id(1)).orElseThrow();
        assertThat(block.sealed()).isTrue();
        assertThat(block.epoch()).isEqualTo(epoch);
        assertThat(read(store, id(1), epoch)).isEqualTo(content);
        store.inspect(id(1), epoch).close();
        assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, HOME));
    }

    /** He has the file open, and learns only from the answer to his next bytes that the block has ended. */
    @ParameterizedTest
    @ValueSource(strings = {"settle", "seal", "close"})
    void aWriterInPlaceWritesOnIntoABlockThatHasEnded(String end) throws IOException {
        BlockWriter writer = flushed();
        try (FileChannel inPlace = FileChannel.open(writer.file(), StandardOpenOption.WRITE)) {
            switch (end) {
                case "settle" -> store.settle(id(1), 2, BlockStore.ALL);
                case "seal" -> writer.seal();
                default -> writer.close();
            }
            inPlace.write(ByteBuffer.allocate(100_000), LENGTH);
            long epoch = end.equals("settle") ? 2 : 1;
            requireFlushed(epoch);

            restart();

            requireFlushed(epoch);
            Path file = store.find(id(1)).orElseThrow().path();
            assertThat(Files.size(file)).as("cut off").isEqualTo(LENGTH);
            inPlace.write(ByteBuffer.allocate(100_000), LENGTH + 100_000);
            requireFlushed(epoch);
            assertThat(store.raise(id(1), epoch, 7).lengthBytes()).isEqualTo(LENGTH);
            requireFlushed(7);
        }
        writer.close();
    }

    @Test
    void whatWasFlushedIsThereAfterAnError() throws Exception {
        withDisk(() -> {
            BlockWriter writer = flushed();
            Path stranger = fill();
            assertNoRoom(writer);
            writer.close();

            requireFlushed(1);
            Files.delete(stranger);
            requireFlushed(1);
            assertThat(store.raise(id(1), 1, 2).lengthBytes()).isEqualTo(LENGTH);
            requireFlushed(2);
            restart();
            requireFlushed(2);
        });
    }

    /** Somebody takes the block from a writer that has failed and not noticed. */
    @Test
    void whatWasFlushedIsThereWhereItIsTakenFromAWriterThatFailed() throws Exception {
        withDisk(() -> {
            BlockWriter writer = flushed();
            Path stranger = fill();
            assertNoRoom(writer);

            assertThatThrownBy(() -> store.settle(id(1), 2, BlockStore.ALL)).hasMessageContaining("after an error");

            requireFlushed(1);
            writer.close();
            requireFlushed(1);
            Files.delete(stranger);
        });
    }

    /** Of a writer in place, who may be ahead, nothing is cut off while the store is open. */
    @Test
    void aFullDiskIsStartedFrom() throws Exception {
        withDisk(() -> {
            BlockWriter writer = flushed();
            assertThat(writer.reserve(LENGTH)).isTrue();
            Path file = writer.file();
            try (FileChannel inPlace = FileChannel.open(file, StandardOpenOption.WRITE)) {
                inPlace.write(ByteBuffer.allocate(100_000), 2 * LENGTH);
            }
            fill();
            assertNoRoom(writer);
            writer.close();
            requireFlushed(1);
            assertThat(Files.size(file)).isEqualTo(2 * LENGTH + 100_000);
            try (OutputStream rest = Files.newOutputStream(disk.resolve("rest"))) {
                fill(rest);
            }

            restart();

            requireFlushed(1);
            assertThat(Files.size(file)).isEqualTo(LENGTH);
        });
    }

    /** There is no room for a copy without what was written ahead. */
    @Test
    void aBlockIsSealedInTheLongerFileWhereTheDiskIsFull() throws Exception {
        withDisk(() -> {
            BlockWriter writer = flushed();
            assertThat(writer.reserve(LENGTH)).isTrue();
            Files.write(writer.file(), new byte[LENGTH], StandardOpenOption.APPEND);
            Path stranger = fill();
            try (FileChannel smaller = FileChannel.open(stranger, StandardOpenOption.WRITE)) {
                smaller.truncate(smaller.size() - 64 * 1024);
            }

            writer.seal();

            requireFlushed(1);
            Files.delete(stranger);
            restart();
            requireFlushed(1);
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private void withDisk(Work work) throws Exception {
        disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()), "needs root to mount");
        try {
            restart();
            work.run();
        } finally {
            store.close();
            assertThat(command("umount", disk.toString())).isTrue();
            disk = directory;
        }
    }

    /** Somebody else takes all that is left. */
    private Path fill() throws IOException {
        Path stranger = disk.resolve("stranger");
        try (OutputStream out = Files.newOutputStream(stranger)) {
            fill(out);
        }
        return stranger;
    }

    private static void fill(OutputStream out) {
        assertThatThrownBy(() -> {
                    while (true) {
                        out.write(new byte[4096]);
                    }
                })
                .hasMessageContaining("No space left");
    }

    private void assertNoRoom(BlockWriter writer) {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 5; i++) {
                        writer.write(ByteBuffer.wrap(content));
                    }
                })
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
    }
}

package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed block goes on under a later epoch: whatever becomes of that, there is a copy at each moment. */
class OlderCopyTest {
    private static final int LENGTH = 700_000;

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 << 20);

    private final byte[] content = Blocks.bytes(new Random(1), LENGTH);
    private LocalBlockStore store;

    @BeforeEach
    void open() {
        store = store(buffers, ssd(directory.resolve("tier")));
        Blocks.put(store, id(1), 1, content);
    }

    @AfterEach
    void nothingLeaked() {
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    private BlockWriter rewrite(int length) {
        return rewrite(length, length);
    }

    /** @param least how long it must become */
    private BlockWriter rewrite(int length, int least) {
        BlockStore.Beginning beginning = new BlockStore.Beginning(1, least);
        BlockWriter writer = store.rewrite(id(1), beginning, 2, HOME, Durability.PROCESS, length);
        writer.write(ByteBuffer.wrap(content, 0, length));
        return writer;
    }

    private void restart(Path tier) {
        store.close();
        store = store(buffers, ssd(tier));
    }

    /** As a process leaves it that is killed now. */
    private Path asItIs() throws IOException {
        Path copy = directory.resolve("killed");
        try (Stream<Path> files = Files.walk(directory.resolve("tier"))) {
            files.filter(file -> !file.endsWith("lock")).forEach(file -> {
                try {
                    Files.copy(file, copy.resolve(directory.resolve("tier").relativize(file)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return copy;
    }

    @Test
    void staysUntilTheNextOneIsSealed() throws IOException {
        Path killed;
        try (BlockWriter writer = rewrite(200_000)) {
            killed = asItIs();
            writer.seal();
        }
        assertThat(read(store, id(1), 2)).isEqualTo(Arrays.copyOf(content, 200_000));
        assertThat(store.usedBytes()).isEqualTo(200_000 + Sidecar.fileBytes(200_000, HOME));

        restart(killed);

        assertThat(store.list()).extracting(StoredBlock::epoch).containsExactly(1L);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
    }

    @Test
    void comesBackWhereTheNextOneIsNot() {
        rewrite(100_000).close();

        assertThat(read(store, id(1), 1)).isEqualTo(content);
        restart(directory.resolve("tier"));
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, HOME));
    }

    /** Its writer is lost while he writes again what he had. */
    @Test
    void comesBackWhereTheNextOneIsTakenFromItsWriterTooEarly() {
        for (long length : new long[] {BlockStore.ALL, 100_000, 100_001}) {
            try (BlockWriter writer = rewrite(100_000, 100_001)) {
                assertThatThrownBy(() -> store.settle(id(1), 2, length)).hasMessageContaining("epoch does not rise");
                assertThatThrownBy(() -> store.settle(id(1), 3, length))
                        .as("to %d", length)
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
                assertThatThrownBy(() -> writer.write(ByteBuffer.allocate(1))).hasMessageContaining("is closed");
            }
            assertThat(read(store, id(1), 1)).isEqualTo(content);
            assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, HOME));
        }
        assertThat(store.raise(id(1), 1, 3).lengthBytes()).isEqualTo(LENGTH);
        restart(directory.resolve("tier"));
        assertThat(read(store, id(1), 3)).isEqualTo(content);
    }

    @Test
    void goesWhereTheNextOneIsTakenFromItsWriterWithWhatItMustHave() {
        try (BlockWriter writer = rewrite(100_001, 100_000)) {
            assertThat(store.settle(id(1), 3, BlockStore.ALL).lengthBytes()).isEqualTo(100_001);
            assertThatThrownBy(writer::seal).hasMessageContaining("is sealed");
        }
        assertThat(read(store, id(1), 3)).isEqualTo(Arrays.copyOf(content, 100_001));
        assertThat(store.list()).extracting(StoredBlock::epoch).containsExactly(3L);
    }

    @Test
    void staysWhereThereIsNoRoomForTheNextOne() {
        store.close();
        store = store(buffers, ssd(directory.resolve("small"), 1 << 20));
        Blocks.put(store, id(1), 1, content);

        assertThatThrownBy(() -> rewrite(LENGTH)).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.NO_SPACE));

        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertThat(store.raise(id(1), 1, 2).lengthBytes()).isEqualTo(LENGTH);
        assertThat(read(store, id(1), 2)).isEqualTo(content);
    }

    @Test
    void isRaisedAsItIs() {
        StoredBlock before = store.find(id(1)).orElseThrow();
        try (BlockReader reader = store.open(id(1), 1)) {
            SealedBlock raised = store.raise(id(1), 1, 7);
            assertThat(raised).isEqualTo(new SealedBlock(id(1), 7, LENGTH, before.crc32c()));
            assertThat(read(reader, 0, LENGTH)).as("opened before").isEqualTo(content);
        }
        assertThatThrownBy(() -> store.raise(id(1), 1, 8)).hasMessageContaining("no such block here");
        assertThatThrownBy(() -> store.raise(id(1), 7, 7)).hasMessageContaining("no such block here");
        store.harden(id(1), 7);
        store.inspect(id(1), 7).close();

        restart(directory.resolve("tier"));

        assertThat(store.list()).extracting(StoredBlock::epoch).containsExactly(7L);
        assertThat(read(store, id(1), 7)).isEqualTo(content);
        assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, HOME));
        assertThat(store.delete(id(1), 7)).isTrue();
        assertThat(store.usedBytes()).isZero();
    }
}

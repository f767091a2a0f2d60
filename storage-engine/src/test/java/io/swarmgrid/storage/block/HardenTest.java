package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.config.Durability;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks that were only to outlive their process, and then are to outlive a power cut. */
class HardenTest {
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

    @Test
    void aSealedBlockIsHardenedAndStaysWhatItIs() {
        StoredBlock before = sealed(Durability.PROCESS, false);
        try (BlockReader reader = store.open(id(1), 1)) {
            store.harden(id(1), 1);
            assertThat(read(reader, 0, LENGTH)).as("opened before").isEqualTo(content);
        }
        assertThat(durability()).isEqualTo(Durability.POWER);
        assertThat(store.find(id(1)).orElseThrow().crc32c()).isEqualTo(before.crc32c());
        store.harden(id(1), 1);
        store.inspect(id(1), 1).close();

        store.close();
        store = store(buffers, ssd(directory));

        assertThat(durability()).isEqualTo(Durability.POWER);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, HOME));
        assertThat(store.delete(id(1), 1)).isTrue();
        assertThat(store.usedBytes()).isZero();
    }

    @Test
    void whatWasForcedWhileItWasWrittenIsSealedAsDurably() {
        assertThat(sealed(Durability.PROCESS, true).durability()).isEqualTo(Durability.POWER);
    }

    @Test
    void whatIsInMemoryStaysThere() {
        assertThatThrownBy(() -> sealed(Durability.MEMORY, true)).hasMessageContaining("kept in memory");
        sealed(Durability.MEMORY, false);

        store.harden(id(1), 1);

        assertThat(durability()).isEqualTo(Durability.MEMORY);
    }

    @Test
    void aBlockThatIsGoneIsNotMadeAnew() throws Exception {
        Path file = sealed(Durability.PROCESS, false).path();
        assertThatThrownBy(() -> store.harden(id(1), 2)).hasMessageContaining("no such block here");
        store.delete(id(1), 1);

        assertThatThrownBy(() -> store.harden(id(1), 1)).hasMessageContaining("no such block here");

        assertThat(Files.exists(Tier.sidecar(file))).isFalse();
    }

    private StoredBlock sealed(Durability durability, boolean forced) {
        try (BlockWriter writer = store.create(id(1), 1, HOME, durability, LENGTH)) {
            writer.write(ByteBuffer.wrap(content, 0, 100_000));
            if (forced) {
                writer.force();
            }
            writer.write(ByteBuffer.wrap(content, 100_000, LENGTH - 100_000));
            writer.seal();
        }
        return store.find(id(1)).orElseThrow();
    }

    private Durability durability() {
        return store.find(id(1)).orElseThrow().durability();
    }
}

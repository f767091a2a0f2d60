package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.put;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.log.HeardLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store finds damaged when it starts. */
class DamageAtStartTest {
    private static final int SPAN = SpanChecksums.SPAN_BYTES;
    private static final int LENGTH = 4 * SPAN + 100;

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 << 20);

    private final byte[] content = Blocks.bytes(new Random(4), LENGTH);
    private LocalBlockStore store;

    @BeforeEach
    void open() {
        store = store(buffers, ssd(directory));
        put(store, id(1), 1, content);
    }

    @AfterEach
    void nothingLeaked() {
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @Test
    void aRestartPutsDamagedBlocksAsideAndKeepsTheRest() throws IOException {
        for (int i = 2; i <= 4; i++) {
            put(store, id(i), 1, content);
        }
        store.close();
        Damage.flip(Tier.sidecar(Damage.file(directory, 1)), 30);
        Damage.cut(Damage.file(directory, 2), LENGTH - 1);
        Damage.cut(Tier.sidecar(Damage.file(directory, 3)), 0);

        store = store(buffers, ssd(directory));

        assertThat(store.list()).extracting(StoredBlock::id).containsExactly(id(4));
        assertThat(read(store, id(4), 1)).isEqualTo(content);
        assertThat(Damage.aside(directory)).isEqualTo(6);
        assertThat(store.usedBytes()).isEqualTo(LENGTH + Sidecar.fileBytes(LENGTH, Blocks.HOME));
        put(store, id(1), 1, content);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
    }

    @Test
    void aRestartNamesWhatItFindsDamaged() throws IOException {
        for (int i = 2; i <= 5; i++) {
            put(store, id(i), 1, content);
        }
        store.close();
        List<Path> files = List.of(
                Damage.file(directory, 1),
                Damage.file(directory, 2),
                Damage.file(directory, 3),
                Damage.file(directory, 4));
        Damage.cut(files.get(0), LENGTH - 1);
        Files.delete(files.get(1));
        Files.delete(Tier.sidecar(files.get(2)));
        Files.copy(
                Tier.sidecar(Damage.file(directory, 5)),
                Tier.sidecar(files.get(3)),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (HeardLog heard = HeardLog.of(TierScan.class)) {
            store = store(buffers, ssd(directory));

            assertThat(store.list()).extracting(StoredBlock::id).containsExactly(id(5));
            assertThat(heard.lines())
                    .contains(
                            "damaged block put aside: file=" + files.get(0) + " reason=block has " + (LENGTH - 1)
                                    + " of " + LENGTH + " bytes: " + files.get(0),
                            "file of a block is gone, its sidecar goes too: file=" + files.get(1),
                            "block without a sidecar, the metadata will say whether it is wanted: file=" + files.get(2),
                            "damaged block put aside: file=" + files.get(3) + " reason=sidecar belongs to block "
                                    + id(5) + ": " + Tier.sidecar(files.get(3)));
        }
    }

    @Test
    void aBlockThatHasLostItsSidecarIsTakenBackWhereItIsWhatWasSealed() throws IOException {
        SealedBlock sealed = new SealedBlock(
                id(1), 1, LENGTH, store.find(id(1)).orElseThrow().crc32c());
        for (int i = 2; i <= 4; i++) {
            put(store, id(i), 1, content);
        }
        store.close();
        for (int i = 1; i <= 4; i++) {
            Files.delete(Tier.sidecar(Damage.file(directory, i)));
        }
        Damage.flip(Damage.file(directory, 2), LENGTH / 2);
        Path second = Damage.file(directory, 2);

        store = store(buffers, ssd(directory));

        assertThat(store.list()).isEmpty();
        assertThat(store.usedBytes()).isEqualTo(4 * LENGTH);
        List<StrayBlock> strays = store.strays();
        assertThat(strays).extracting(StrayBlock::id).containsExactlyInAnyOrder(id(1), id(2), id(3), id(4));
        for (StrayBlock stray : strays) {
            SealedBlock seal = new SealedBlock(stray.id(), 1, LENGTH, sealed.crc32c());
            boolean whole = stray.id().equals(id(1)) || stray.id().equals(id(3));
            if (!stray.id().equals(id(4))) {
                assertThat(store.adopt(stray, seal, Blocks.HOME)).isEqualTo(whole);
            }
        }
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertThat(second).doesNotExist();
        assertThat(Damage.aside(directory, second.getFileName().toString())).exists();
        put(store, id(4), 1, content); // made anew, it takes the place of what is there
        assertThat(store.strays()).isEmpty();
        long each = LENGTH + Sidecar.fileBytes(LENGTH, Blocks.HOME);
        assertThat(store.usedBytes()).isEqualTo(3 * each);
        store.close();
        store = store(buffers, ssd(directory));
        assertThat(store.find(id(1)).orElseThrow().home()).isEqualTo(Blocks.HOME);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertThat(store.usedBytes()).isEqualTo(3 * each);
    }

    @Test
    void aSidecarOfAnEarlierFlushEndsTheBlockThere() throws IOException {
        Path kept = directory.resolveSibling(directory.getFileName() + "-kept");
        try (BlockWriter writer = store.create(id(2), 1, Blocks.HOME, Durability.PROCESS, 2 * LENGTH)) {
            writer.write(ByteBuffer.wrap(content));
            writer.flush();
            Files.copy(Tier.sidecar(Damage.file(directory, 2)), kept);
            writer.write(ByteBuffer.wrap(content));
            writer.seal();
        }
        Files.copy(kept, Tier.sidecar(Damage.file(directory, 2)), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.delete(kept);
        Damage.assertDamaged(() -> store.inspect(id(2), 1))
                .hasMessageContaining("of another time: block=" + id(2) + ", epoch=1, length_bytes=" + LENGTH);
        store.close();
        try (HeardLog heard = HeardLog.of(TierScan.class)) {
            store = store(buffers, ssd(directory));

            assertThat(heard.lines())
                    .contains("block ends where it was recorded last: file=" + Damage.file(directory, 2)
                            + " length_bytes=" + LENGTH + " of " + 2 * LENGTH);
        }
        // Whoever keeps the block knows that it is longer, and asks when the node has started.
        assertThat(read(store, id(2), 1)).isEqualTo(content);
    }

    @Test
    void whatANewerVersionWroteIsNotTouched() throws IOException {
        store.close();
        Path sidecar = Tier.sidecar(Damage.file(directory, 1));
        try (RandomAccessFile file = new RandomAccessFile(sidecar.toFile(), "rw")) {
            file.seek(5);
            file.write(9);
        }

        assertThatThrownBy(() -> store(buffers, ssd(directory)))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining("a newer version wrote " + sidecar + ": format=9, known=1");
        assertThat(sidecar).exists();
        assertThat(Damage.file(directory, 1)).exists();
    }
}

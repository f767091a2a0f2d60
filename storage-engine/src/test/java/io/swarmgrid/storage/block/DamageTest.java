package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.put;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamageTest {
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
    void aFlippedBitIsNoticedByEveryReadOfItsSpanAndByNoOther() throws IOException {
        Seed seed = Seed.next(DamageTest.class);
        Random random = seed.random();
        for (int i = 0; i < 20; i++) {
            int at = random.nextInt(LENGTH);
            Damage.flip(Damage.file(directory, 1), at);
            try (BlockReader reader = store.open(id(1), 1)) {
                int span = at / SPAN;
                int inSpan = span * SPAN + random.nextInt(Math.min(SPAN, LENGTH - span * SPAN));
                Damage.assertDamaged(() -> reader.read(inSpan, 1))
                        .as("%s, flipped=%d", seed, at)
                        .hasMessageContaining("checksum does not fit")
                        .hasMessageContaining("offset=" + span * SPAN);
                Damage.assertDamaged(() -> reader.read(0, LENGTH));
                int other = (span + 1) % 5 * SPAN;
                assertThat(read(reader, other, 50))
                        .containsExactly(java.util.Arrays.copyOfRange(content, other, other + 50));
            }
            Damage.flip(Damage.file(directory, 1), at);
        }
        assertThat(read(store, id(1), 1)).isEqualTo(content);
    }

    @Test
    void aFileCutShortWhileItIsOpenIsAnErrorNotACrash() throws IOException {
        try (BlockReader reader = store.open(id(1), 1)) {
            Damage.cut(Damage.file(directory, 1), SPAN + 10);

            assertThat(read(reader, 0, SPAN)).hasSize(SPAN);
            Damage.assertDamaged(() -> reader.read(SPAN, 10)).hasMessageContaining("file is cut short");
            Damage.assertDamaged(() -> reader.read(LENGTH - 1, 1)).hasMessageContaining("file is cut short");
        }
    }

    @Test
    void aDamagedOrMissingSidecarIsNoticedWhenTheBlockIsOpened() throws IOException {
        put(store, id(2), 1, content);
        put(store, id(3), 1, content);
        Damage.flip(
                Tier.sidecar(Damage.file(directory, 1)), (int) Files.size(Tier.sidecar(Damage.file(directory, 1))) - 6);
        Files.delete(Tier.sidecar(Damage.file(directory, 2)));
        Files.delete(Damage.file(directory, 3));

        Damage.assertDamaged(() -> store.open(id(1), 1)).hasMessageContaining("checksums of a sidecar are damaged");
        Damage.assertDamaged(() -> store.open(id(2), 1)).hasMessageContaining("file of a block is gone");
        Damage.assertDamaged(() -> store.open(id(3), 1)).hasMessageContaining("file of a block is gone");
    }

    @Test
    void aBlockThatCannotBeOpenedIsDamaged() throws IOException {
        Files.delete(Tier.sidecar(Damage.file(directory, 1)));
        Files.createDirectory(Tier.sidecar(Damage.file(directory, 1)));
        Damage.assertDamaged(() -> store.open(id(1), 1))
                .hasMessageContaining("it cannot be opened")
                .hasMessageContaining(Damage.file(directory, 1).toString());

        store.quarantineIfBad(id(1), 1);

        assertThat(store.find(id(1))).isEmpty();
        put(store, id(2), 1, content);
        store.quarantineIfBad(id(2), 1);
        assertThat(read(store, id(2), 1)).as("it is good").isEqualTo(content);
        Damage.flip(Damage.file(directory, 2), LENGTH - 1);
        store.quarantineIfBad(id(2), 1);
        assertThat(store.find(id(2))).isEmpty();
    }

    @Test
    void anInspectionSeesWhatReadersThatKnowTheBlockDoNot() throws IOException {
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        Damage.flip(
                Tier.sidecar(Damage.file(directory, 1)), (int) Files.size(Tier.sidecar(Damage.file(directory, 1))) - 6);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        Damage.assertDamaged(() -> store.inspect(id(1), 1)).hasMessageContaining("checksums of a sidecar are damaged");

        put(store, id(2), 1, content);
        Files.copy(
                Tier.sidecar(Damage.file(directory, 1)),
                Tier.sidecar(Damage.file(directory, 2)),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Damage.assertDamaged(() -> store.inspect(id(2), 1)).hasMessageContaining("sidecar is of another block");
        put(store, id(3), 1, content);
        Damage.cut(Damage.file(directory, 3), LENGTH - 1);
        Damage.assertDamaged(() -> store.inspect(id(3), 1)).hasMessageContaining("file has " + (LENGTH - 1));
    }

    @Test
    void aDirectoryInThePlaceOfABlockIsPutAside() throws IOException {
        put(store, id(2), 1, content);
        Path replaced = Damage.file(directory, 1);
        Files.delete(replaced);
        Files.createDirectories(replaced.resolve("inside"));
        Damage.assertDamaged(() -> store.inspect(id(1), 1)).hasMessageContaining("not a plain file: " + replaced);
        try (BlockReader reader = store.open(id(1), 1)) {
            Damage.assertDamaged(() -> reader.read(0, 10)).hasMessageContaining("cannot be read", "file=" + replaced);
        }
        store.close();

        store = store(buffers, ssd(directory));

        assertThat(store.list()).extracting(StoredBlock::id).containsExactly(id(2));
        assertThat(replaced).doesNotExist();
        put(store, id(1), 1, content);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
    }

    /** A block that is damaged again and again, each time in another way, finds what it was before put aside under its name. */
    @ParameterizedTest
    @ValueSource(strings = {"file, directory, directory", "directory, file, directory", "file, file, directory, file"})
    void aBadCopyTakesThePlaceOfAnEarlierOneThatWasPutAside(String ways) throws IOException {
        Path file = Damage.file(directory, 1);
        for (String way : ways.split(", ", -1)) {
            if (way.equals("file")) {
                Damage.cut(file, 10);
            } else {
                Files.delete(file);
                Files.createDirectories(file.resolve("inside"));
            }
            store.quarantine(id(1), 1);
            assertThat(file).as(ways).doesNotExist();
            assertThat(Files.isDirectory(Damage.aside(directory, "0000000000000001.1")))
                    .isEqualTo(way.equals("directory"));
            assertThat(store.usedBytes()).isZero();

            put(store, id(1), 1, content);

            assertThat(read(store, id(1), 1)).isEqualTo(content);
        }
        assertThat(Damage.aside(directory)).as("the block and its sidecar").isEqualTo(2);
    }

    @Test
    void whatCouldNotBePutAsideIsTriedAgain() throws IOException {
        Path quarantine = directory.resolve(Quarantine.DIRECTORY);
        Files.delete(quarantine);
        Files.createFile(quarantine);
        assertThatThrownBy(() -> store.quarantine(id(1), 1)).hasMessageContaining("cannot put a bad copy aside");
        assertThat(store.find(id(1))).isPresent();
        Files.delete(quarantine);
        Files.createDirectory(quarantine);

        store.quarantine(id(1), 1);

        assertThat(store.find(id(1))).isEmpty();
        assertThat(Damage.aside(directory)).isEqualTo(2);
    }

    @Test
    void somethingElseInThePlaceOfANewBlockIsPutAside() throws IOException {
        Path inTheWay = Damage.file(directory, 1).resolveSibling("0000000000000001.2");
        Files.createDirectories(inTheWay.resolve("inside"));

        put(store, id(1), 2, content);

        assertThat(read(store, id(1), 2)).isEqualTo(content);
        assertThat(Damage.aside(directory, "0000000000000001.2")).isDirectory();
    }

    @Test
    void theQuarantineIsBoundedAndTheOldestGoes() throws IOException {
        store.quarantine(id(1), 2);
        assertThat(store.find(id(1))).isPresent();
        int blocks = Quarantine.MAX_FILES / 2 + 3;
        for (int i = 1; i <= blocks; i++) {
            if (i > 1) {
                put(store, id(i), 1, new byte[] {1});
            }
            store.quarantine(id(i), 1);
            assertThat(store.find(id(i))).isEmpty();
        }

        assertThat(Damage.aside(directory)).isEqualTo(Quarantine.MAX_FILES);
        assertThat(Damage.aside(directory, "0000000000000001.1")).doesNotExist();
        assertThat(Damage.aside(directory, id(blocks) + ".1")).exists();
        assertThat(store.usedBytes()).isZero();
        store.close();
        store = store(buffers, ssd(directory));
        assertThat(store.blocks()).isZero();
        assertThat(Damage.aside(directory)).isEqualTo(Quarantine.MAX_FILES);
    }
}

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
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
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
            flip(file(1), at);
            try (BlockReader reader = store.open(id(1), 1)) {
                int span = at / SPAN;
                int inSpan = span * SPAN + random.nextInt(Math.min(SPAN, LENGTH - span * SPAN));
                assertDamaged(() -> reader.read(inSpan, 1))
                        .as("%s, flipped=%d", seed, at)
                        .hasMessageContaining("checksum does not fit")
                        .hasMessageContaining("offset=" + span * SPAN);
                assertDamaged(() -> reader.read(0, LENGTH));
                int other = (span + 1) % 5 * SPAN;
                assertThat(read(reader, other, 50))
                        .containsExactly(java.util.Arrays.copyOfRange(content, other, other + 50));
            }
            flip(file(1), at);
        }
        assertThat(read(store, id(1), 1)).isEqualTo(content);
    }

    @Test
    void aFileCutShortWhileItIsOpenIsAnErrorNotACrash() throws IOException {
        try (BlockReader reader = store.open(id(1), 1)) {
            cut(file(1), SPAN + 10);

            assertThat(read(reader, 0, SPAN)).hasSize(SPAN);
            assertDamaged(() -> reader.read(SPAN, 10)).hasMessageContaining("file is cut short");
            assertDamaged(() -> reader.read(LENGTH - 1, 1)).hasMessageContaining("file is cut short");
        }
    }

    @Test
    void aDamagedOrMissingSidecarIsNoticedWhenTheBlockIsOpened() throws IOException {
        put(store, id(2), 1, content);
        put(store, id(3), 1, content);
        flip(Tier.sidecar(file(1)), (int) Files.size(Tier.sidecar(file(1))) - 6);
        Files.delete(Tier.sidecar(file(2)));
        Files.delete(file(3));

        assertDamaged(() -> store.open(id(1), 1)).hasMessageContaining("checksums of a sidecar are damaged");
        assertDamaged(() -> store.open(id(2), 1)).hasMessageContaining("file of a block is gone");
        assertDamaged(() -> store.open(id(3), 1)).hasMessageContaining("file of a block is gone");
    }

    @Test
    void aBlockThatCannotBeOpenedIsDamaged() throws IOException {
        Files.delete(Tier.sidecar(file(1)));
        Files.createDirectory(Tier.sidecar(file(1)));
        assertDamaged(() -> store.open(id(1), 1))
                .hasMessageContaining("it cannot be opened")
                .hasMessageContaining(file(1).toString());

        store.quarantineIfBad(id(1), 1);

        assertThat(store.find(id(1))).isEmpty();
        put(store, id(2), 1, content);
        store.quarantineIfBad(id(2), 1);
        assertThat(read(store, id(2), 1)).as("it is good").isEqualTo(content);
        flip(file(2), LENGTH - 1);
        store.quarantineIfBad(id(2), 1);
        assertThat(store.find(id(2))).isEmpty();
    }

    @Test
    void anInspectionSeesWhatReadersThatKnowTheBlockDoNot() throws IOException {
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        flip(Tier.sidecar(file(1)), (int) Files.size(Tier.sidecar(file(1))) - 6);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
        assertDamaged(() -> store.inspect(id(1), 1)).hasMessageContaining("checksums of a sidecar are damaged");

        put(store, id(2), 1, content);
        Files.copy(Tier.sidecar(file(1)), Tier.sidecar(file(2)), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertDamaged(() -> store.inspect(id(2), 1)).hasMessageContaining("sidecar is of another block");
        put(store, id(3), 1, content);
        cut(file(3), LENGTH - 1);
        assertDamaged(() -> store.inspect(id(3), 1)).hasMessageContaining("file has " + (LENGTH - 1));
    }

    @Test
    void aDirectoryInThePlaceOfABlockIsPutAside() throws IOException {
        put(store, id(2), 1, content);
        Path replaced = file(1);
        Files.delete(replaced);
        Files.createDirectories(replaced.resolve("inside"));
        assertDamaged(() -> store.inspect(id(1), 1)).hasMessageContaining("not a plain file: " + replaced);
        try (BlockReader reader = store.open(id(1), 1)) {
            assertDamaged(() -> reader.read(0, 10)).hasMessageContaining("cannot be read", "file=" + replaced);
        }
        store.close();

        store = store(buffers, ssd(directory));

        assertThat(store.list()).extracting(StoredBlock::id).containsExactly(id(2));
        assertThat(replaced).doesNotExist();
        put(store, id(1), 1, content);
        assertThat(read(store, id(1), 1)).isEqualTo(content);
    }

    @Test
    void aRestartPutsDamagedBlocksAsideAndKeepsTheRest() throws IOException {
        for (int i = 2; i <= 4; i++) {
            put(store, id(i), 1, content);
        }
        store.close();
        flip(Tier.sidecar(file(1)), 30);
        cut(file(2), LENGTH - 1);
        cut(Tier.sidecar(file(3)), 0);

        store = store(buffers, ssd(directory));

        assertThat(store.list()).extracting(StoredBlock::id).containsExactly(id(4));
        assertThat(read(store, id(4), 1)).isEqualTo(content);
        assertThat(aside()).isEqualTo(6);
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
        List<Path> files = List.of(file(1), file(2), file(3), file(4));
        cut(files.get(0), LENGTH - 1);
        Files.delete(files.get(1));
        Files.delete(Tier.sidecar(files.get(2)));
        Files.copy(
                Tier.sidecar(file(5)), Tier.sidecar(files.get(3)), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
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
            Files.delete(Tier.sidecar(file(i)));
        }
        flip(file(2), LENGTH / 2);
        Path second = file(2);

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
        assertThat(aside(second.getFileName().toString())).exists();
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
            Files.copy(Tier.sidecar(file(2)), kept);
            writer.write(ByteBuffer.wrap(content));
            writer.seal();
        }
        Files.copy(kept, Tier.sidecar(file(2)), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.delete(kept);
        assertDamaged(() -> store.inspect(id(2), 1))
                .hasMessageContaining("of another time: block=" + id(2) + ", epoch=1, length_bytes=" + LENGTH);
        store.close();
        try (HeardLog heard = HeardLog.of(TierScan.class)) {
            store = store(buffers, ssd(directory));

            assertThat(heard.lines())
                    .contains("block ends where it was recorded last: file=" + file(2) + " length_bytes=" + LENGTH
                            + " of " + 2 * LENGTH);
        }
        // Whoever keeps the block knows that it is longer, and asks when the node has started.
        assertThat(read(store, id(2), 1)).isEqualTo(content);
    }

    @Test
    void whatANewerVersionWroteIsNotTouched() throws IOException {
        store.close();
        Path sidecar = Tier.sidecar(file(1));
        try (RandomAccessFile file = new RandomAccessFile(sidecar.toFile(), "rw")) {
            file.seek(5);
            file.write(9);
        }

        assertThatThrownBy(() -> store(buffers, ssd(directory)))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining("a newer version wrote " + sidecar + ": format=9, known=1");
        assertThat(sidecar).exists();
        assertThat(file(1)).exists();
    }

    /** A block that is damaged again and again, each time in another way, finds what it was before put aside under its name. */
    @ParameterizedTest
    @ValueSource(strings = {"file, directory, directory", "directory, file, directory", "file, file, directory, file"})
    void aBadCopyTakesThePlaceOfAnEarlierOneThatWasPutAside(String ways) throws IOException {
        Path file = file(1);
        for (String way : ways.split(", ", -1)) {
            if (way.equals("file")) {
                cut(file, 10);
            } else {
                Files.delete(file);
                Files.createDirectories(file.resolve("inside"));
            }
            store.quarantine(id(1), 1);
            assertThat(file).as(ways).doesNotExist();
            assertThat(Files.isDirectory(aside("0000000000000001.1"))).isEqualTo(way.equals("directory"));
            assertThat(store.usedBytes()).isZero();

            put(store, id(1), 1, content);

            assertThat(read(store, id(1), 1)).isEqualTo(content);
        }
        assertThat(aside()).as("the block and its sidecar").isEqualTo(2);
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
        assertThat(aside()).isEqualTo(2);
    }

    @Test
    void somethingElseInThePlaceOfANewBlockIsPutAside() throws IOException {
        Path inTheWay = file(1).resolveSibling("0000000000000001.2");
        Files.createDirectories(inTheWay.resolve("inside"));

        put(store, id(1), 2, content);

        assertThat(read(store, id(1), 2)).isEqualTo(content);
        assertThat(aside("0000000000000001.2")).isDirectory();
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

        assertThat(aside()).isEqualTo(Quarantine.MAX_FILES);
        assertThat(aside("0000000000000001.1")).doesNotExist();
        assertThat(aside(id(blocks) + ".1")).exists();
        assertThat(store.usedBytes()).isZero();
        store.close();
        store = store(buffers, ssd(directory));
        assertThat(store.blocks()).isZero();
        assertThat(aside()).isEqualTo(Quarantine.MAX_FILES);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertDamaged(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CORRUPT_DATA));
    }

    private Path file(long block) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.endsWith(id(block) + ".1"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path aside(String name) {
        return directory.resolve(Quarantine.DIRECTORY).resolve(name);
    }

    private long aside() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve(Quarantine.DIRECTORY))) {
            return all.count();
        }
    }

    private static void flip(Path path, int at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 0x10);
        }
    }

    private static void cut(Path path, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
        }
    }
}

package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.ScrubConfig;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.TierOwner;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's real block store, checked at rest. */
class ScrubberTest {
    private static final int LENGTH = 3 << 16;

    @TempDir
    private Path directory;

    private final HandTime time = new HandTime();
    /** What n2 is recorded for and has not. */
    private final Set<Long> lostElsewhere = new HashSet<>();

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 << 20);

    private FakeGrid grid;
    private FakeGrid.Node node;
    private LocalBlockStore store;

    @BeforeEach
    void open() throws IOException {
        grid = new FakeGrid(Files.createDirectory(directory.resolve("fake")));
        node = grid.add("n1", "z");
        FakeGrid.Node other = grid.add("n2", "z");
        other.receive(Repair.TOPIC, (from, message) -> answer(other, from, message));
        store = LocalBlockStore.open(
                List.of(new TierConfig(Medium.SSD, directory.resolve("tier"), Optional.empty())),
                Reserve.ofPercent(1),
                buffers,
                new TierOwner("grid", "n1"));
    }

    @AfterEach
    void nothingLeaked() {
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @Test
    void givesUpEveryKindOfBadCopyAndLeavesTheGoodOnes() throws Exception {
        for (long id = 1; id <= 9; id++) {
            put(id, "n1", "n2");
        }
        flip(file(1), LENGTH - 1);
        cut(file(2), LENGTH - 1);
        Files.delete(file(3));
        Files.createDirectories(file(3).resolve("inside"));
        Files.delete(sidecar(4));
        Files.copy(sidecar(9), sidecar(5), StandardCopyOption.REPLACE_EXISTING);
        flip(sidecar(6), (int) Files.size(sidecar(6)) - 6);
        Files.delete(file(7));

        Scrubber scrubber = scrubber();
        scrubber.pass();

        assertThat(scrubber.counts())
                .isEqualTo(new ScrubCounts(9, scrubber.counts().bytes(), 7, 0));
        assertThat(scrubber.counts().bytes()).isBetween(2L * LENGTH, 4L * LENGTH);
        for (long id = 1; id <= 9; id++) {
            boolean good = id > 7;
            assertThat(grid.holders(id)).as("block %s", id).isEqualTo(good ? Set.of("n1", "n2") : Set.of("n2"));
            assertThat(store.find(new BlockId(id)).isPresent())
                    .as("block %s", id)
                    .isEqualTo(good);
        }
        try (Stream<Path> aside = Files.list(directory.resolve("tier").resolve("quarantine"))) {
            assertThat(aside).isNotEmpty();
        }
        scrubber.pass();
        assertThat(scrubber.counts().bad()).isEqualTo(7);
    }

    @Test
    void keepsTheOnlyLiveCopyHoweverBad() throws Exception {
        put(1, "n1");
        put(2, "n1", "n9");
        put(3, "n9"); // here it is not recorded
        put(4, "n1", "n2");
        lostElsewhere.add(4L);
        for (long id = 1; id <= 4; id++) {
            flip(file(id), 5);
        }
        Scrubber scrubber = scrubber();
        scrubber.pass();
        assertThat(scrubber.counts().bad()).isZero();
        assertThat(scrubber.counts().lost()).isEqualTo(4);
        for (long id = 1; id <= 4; id++) {
            assertThat(store.find(new BlockId(id))).as("block %s", id).isPresent();
        }
        assertThat(grid.holders(4)).containsExactlyInAnyOrder("n1", "n2");
        assertThat(grid.holders(1)).containsExactly("n1");
    }

    @Test
    void losesNothingByABadCopyOfWhatIsNoMore() throws Exception {
        put(2, "n1", "n2");
        Files.delete(file(2));
        grid.doomed.add(new BlockId(2)); // of which this node is the keeper
        assertThat(node.seams().census().reclaim(Set.of("n1", "n2"), block -> {}, (file, epoch) -> {}))
                .isEqualTo(1);
        Scrubber scrubber = scrubber();
        scrubber.pass();
        assertThat(scrubber.counts().bad()).isZero();
        assertThat(scrubber.counts().lost()).isZero();
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws Exception {
        for (long id = 1; id <= 4; id++) {
            put(id, "n1", "n2");
        }
        ScrubPlace place = ScrubPlace.open(directory.resolve("scrub.json"));
        place.begin(1);
        place.reached(new BlockId(3));
        place.save();
        Scrubber scrubber = scrubber();
        scrubber.pass();
        assertThat(scrubber.counts().blocks()).isEqualTo(1);
        scrubber.pass();
        assertThat(scrubber.counts().blocks()).isEqualTo(5);
        assertThat(ScrubPlace.open(directory.resolve("scrub.json")).isAtStart()).isTrue();

        Files.writeString(directory.resolve("scrub.json"), "{]");
        assertThat(ScrubPlace.open(directory.resolve("scrub.json")).isAtStart()).isTrue();
    }

    @Test
    void readsNoFasterThanItsRate() throws Exception {
        for (long id = 1; id <= 5; id++) {
            put(id, "n1", "n2");
        }
        scrubber(DataSize.ofBytes(LENGTH / 2)).pass();
        // Each block takes two seconds at that, and the next one waits for it.
        assertThat(time.passedNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(4 * 2));
    }

    private Scrubber scrubber() {
        return scrubber(DataSize.ofMebibytes(1024));
    }

    private Scrubber scrubber(DataSize rate) {
        Witnesses witnesses = new Witnesses(node, node);
        node.receive(Repair.TOPIC, (from, message) -> {
            if (RepairMessage.decode(message) instanceof RepairMessage.Missing missing) {
                witnesses.answered(from, missing.question(), missing.copies());
            }
        });
        return new Scrubber(
                node.seams(store),
                new Copies(),
                witnesses,
                new ScrubConfig(rate, Duration.ofDays(1)),
                ScrubPlace.open(directory.resolve("scrub.json")),
                Clock.systemUTC(),
                time);
    }

    private void answer(FakeGrid.Node other, String from, byte[] message) {
        if (RepairMessage.decode(message) instanceof RepairMessage.Audit audit) {
            List<Copy> absent = audit.copies().stream()
                    .map(RepairMessage.Recorded::copy)
                    .filter(copy -> lostElsewhere.contains(copy.block().value())
                            || !grid.holders(copy.block().value()).contains("n2"))
                    .toList();
            other.send(from, Repair.TOPIC, new RepairMessage.Missing(audit.question(), absent).encode());
        }
    }

    private void put(long id, String... holders) {
        byte[] content = new byte[LENGTH];
        new Random(id).nextBytes(content);
        grid.block(id, 2, holders);
        try (BlockWriter writer =
                store.create(new BlockId(id), 1, new WayHome(100 + id, "/f", 0), Durability.PROCESS, LENGTH)) {
            writer.write(ByteBuffer.wrap(content));
            writer.seal();
        }
    }

    private Path file(long id) {
        return store.find(new BlockId(id)).orElseThrow().path();
    }

    private Path sidecar(long id) {
        return file(id).resolveSibling(file(id).getFileName() + ".meta");
    }

    private static void flip(Path path, int at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int octet = file.read();
            file.seek(at);
            file.write(octet ^ 1);
        }
    }

    private static void cut(Path path, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
        }
    }
}

package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.BytesClient;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are visible while they are written. */
class VisibleFilesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final PutOptions PLAIN = PutOptions.create("alice");
    private static final GridPath FILE = GridPath.parse("/f");

    @TempDir
    private Path directory;

    @Test
    void everyNodeReadsWhatWasFlushed() throws IOException {
        byte[] bytes = TestNodes.random((9 << 20) + 77);
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN)) {
                assertThat(grid.layout("/f").status().state()).isEqualTo("open");
                for (int at = 0; at < bytes.length; ) {
                    int next = Math.min(bytes.length, at + random.nextInt(2 << 20));
                    TestNodes.write(writer, bytes, at, next);
                    at = next;
                    if (random.nextBoolean()) {
                        writer.sync();
                    } else {
                        writer.flush();
                    }
                    for (TestNode node : grid.all()) {
                        assertThat(grid.read(node, "/f"))
                                .as("seed=%s %s", seed, node.name())
                                .isEqualTo(Arrays.copyOf(bytes, at));
                    }
                }
                FileStatus closed = writer.commit();
                assertThat(closed.state()).isEqualTo("sealed");
                assertThat(closed.sizeBytes()).isEqualTo(bytes.length);
            }
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
            assertThat(grid.metadata().openFiles()).isZero();
            assertThat(grid.metadata().reportedBad()).isEmpty();
        }
    }

    @Test
    void whatIsSmallStaysInTheMetadataUnlessReadersAreToSeeIt() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2)) {
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN)) {
                writer.flush();
                writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                writer.commit();
            }
            assertThat(grid.layout("/f").inline()).containsExactly(1, 2, 3);
            GridPath seen = GridPath.parse("/seen");
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), seen, PLAIN)) {
                writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                writer.flush();
                assertThat(grid.read(grid.get(2), "/seen")).containsExactly(1, 2, 3);
                writer.write(ByteBuffer.wrap(new byte[] {4}));
                writer.flush();
                assertThat(grid.layout("/seen").blocks()).as("one block grows").hasSize(1);
                writer.commit();
            }
            assertThat(grid.read(grid.get(2), "/seen")).containsExactly(1, 2, 3, 4);
        }
    }

    /** Also the blocks that were full before, on each of their nodes. */
    @Test
    void whatWasSyncedIsOnTheDevicesOfAllNodesWhateverThePathSays() throws IOException {
        byte[] bytes = TestNodes.random((9 << 20) + 77);
        PutOptions process = PLAIN.durability(Durability.PROCESS).replicas(2);
        try (TestNodes grid = new TestNodes(directory, 3);
                FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, process)) {
            TestNodes.write(writer, bytes, 0, 5 << 20);
            writer.flush();
            assertThat(durabilities(grid, "/f")).containsOnly(Durability.PROCESS);
            TestNodes.write(writer, bytes, 5 << 20, 6 << 20);
            writer.sync();
            List<Durability> synced = durabilities(grid, "/f");
            assertThat(synced).containsOnly(Durability.POWER).hasSizeGreaterThanOrEqualTo(4);
            TestNodes.write(writer, bytes, 6 << 20, bytes.length);
            writer.commit();
            assertThat(durabilities(grid, "/f")).startsWith(synced.toArray(Durability[]::new));
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
        }
    }

    private static List<Durability> durabilities(TestNodes grid, String path) {
        return grid.layout(path).blocks().stream()
                .flatMap(block -> block.holders().stream().map(holder -> grid.named(holder.node())
                        .blocks()
                        .find(block.id())
                        .orElseThrow()
                        .durability()))
                .toList();
    }

    @Test
    void aPutCannotBeFlushed() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                FileWriter writer = grid.get(1).files().put(TestNode.context(), FILE, PLAIN)) {
            assertThatThrownBy(writer::flush).hasMessageContaining("a put has no readers before it is committed: /f");
        }
    }

    /** A holder is lost between two flushes, at the beginning and in the middle of a block, with two copies and three. */
    @ParameterizedTest
    @CsvSource({"2, 100000", "2, 5000000", "3, 100000", "3, 5000000"})
    void whatWasFlushedStaysReadableWhereAHolderIsLost(int replicas, int lostAfter) throws IOException {
        byte[] bytes = TestNodes.random(7 << 20);
        try (TestNodes grid = new TestNodes(directory, 4)) {
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN.replicas(replicas))) {
                TestNodes.write(writer, bytes, 0, lostAfter);
                writer.flush();
                grid.get(2).kill();
                assertThat(grid.read(grid.get(3), "/f")).isEqualTo(Arrays.copyOf(bytes, lostAfter));
                TestNodes.write(writer, bytes, lostAfter, bytes.length - 100);
                writer.flush();
                assertThat(grid.read(grid.get(4), "/f")).isEqualTo(Arrays.copyOf(bytes, bytes.length - 100));
                TestNodes.write(writer, bytes, bytes.length - 100, bytes.length);
                writer.commit();
            }
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
        }
    }

    /** The writer's node dies; another one closes the file: every flushed byte is there, perhaps some more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 3_000_000, 4 << 20, 9_000_000})
    void aFileThatLostItsWriterIsClosedWithAllThatWasFlushed(int flushed) throws IOException {
        byte[] bytes = TestNodes.random(10 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
            TestNodes.write(writer, bytes, 0, flushed);
            writer.flush();
            TestNodes.write(writer, bytes, flushed, flushed + 300_000);
            grid.get(1).kill();

            FileStatus closed = grid.get(2).files().recover(TestNode.context(), FILE);

            assertThat(closed.state()).isEqualTo("sealed");
            assertThat(closed.sizeBytes()).isBetween((long) flushed, flushed + 300_000L);
            for (int reader = 2; reader <= 3; reader++) {
                assertThat(grid.read(grid.get(reader), "/f")).isEqualTo(Arrays.copyOf(bytes, (int) closed.sizeBytes()));
            }
            assertThat(grid.get(3).files().recover(TestNode.context(), FILE))
                    .as("closed before")
                    .isEqualTo(closed);
            assertThatThrownBy(writer::commit).isInstanceOf(GridException.class);
            writer.close();
        }
    }

    /** Two of three are left, and one of them has more than the other: what both have stays, under one epoch. */
    @Test
    void copiesOfDifferentLengthsEndAtTheLongestThatAllHave() throws IOException {
        byte[] bytes = TestNodes.random(3 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN.replicas(3));
            TestNodes.write(writer, bytes, 0, 1 << 20);
            writer.flush();
            BlockRecord open = grid.layout("/f").blocks().get(0);
            TestNodes.write(writer, bytes, 1 << 20, 2 << 20);
            Awaitility.await("the other one gets further")
                    .until(() ->
                            grid.get(3).blocks().find(open.id()).orElseThrow().lengthBytes() > 1 << 20);
            grid.get(1).kill();
            grid.get(2).blocks().settle(open.id(), open.epoch() + 1, 1 << 20);

            FileStatus closed = grid.get(2).files().recover(TestNode.context(), FILE);

            BlockRecord block = grid.layout("/f").blocks().get(0);
            assertThat(closed.sizeBytes()).isEqualTo(1 << 20);
            for (Replica holder : block.holders()) {
                assertThat(grid.named(holder.node())
                                .blocks()
                                .find(block.id())
                                .orElseThrow()
                                .epoch())
                        .isEqualTo(block.epoch());
            }
            writer.close();
        }
    }

    /**
     * The power fails: what was flushed was in the page caches alone. As long as a node may have it still the file waits for that; when
     * all are back it ends at the longest that is left.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1 << 20})
    void whatAllNodesHaveLostIsNotWaitedFor(int left) throws IOException {
        byte[] bytes = TestNodes.random(2 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
            TestNodes.write(writer, bytes, 0, 1 << 20);
            writer.flush();
            Path second = grid.get(2).blocks().list().get(0).path();
            byte[] earlier = Files.readAllBytes(sidecar(second));
            TestNodes.write(writer, bytes, 1 << 20, 2 << 20);
            writer.flush();
            Path first = grid.get(1).blocks().list().get(0).path();
            grid.get(1).close();
            grid.get(2).close();
            Files.delete(sidecar(first));
            if (left == 0) {
                Files.delete(sidecar(second));
            } else {
                Files.write(sidecar(second), earlier);
            }
            grid.restart(2);
            assertThatThrownBy(() -> grid.get(2).files().recover(TestNode.context(), FILE))
                    .hasMessageContaining("no living node has");
            assertThat(grid.layout("/f").status().state()).isEqualTo("open");
            grid.restart(1);

            FileStatus closed = grid.get(2).files().recover(TestNode.context(), FILE);

            assertThat(closed.state()).isEqualTo("sealed");
            assertThat(closed.sizeBytes()).isEqualTo(left);
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(Arrays.copyOf(bytes, left));
        }
    }

    private static Path sidecar(Path block) {
        return block.resolveSibling(block.getFileName() + ".meta");
    }

    @Test
    void aWriterWhoseFileWasTakenIsTold() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
            TestNodes.write(writer, bytes, 0, bytes.length);
            writer.flush();

            assertThat(grid.get(2).files().recover(TestNode.context(), FILE).sizeBytes())
                    .isEqualTo(bytes.length);

            assertThatThrownBy(() -> {
                        TestNodes.write(writer, bytes, 0, bytes.length);
                        writer.flush();
                    })
                    .isInstanceOf(GridException.class);
            writer.close();
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
        }
    }

    @Test
    void clientsWriteFlushAndLeave() throws IOException {
        byte[] bytes = TestNodes.random(6 << 20);
        try (TestNodes grid = new TestNodes(directory, 2);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient client = new BytesClient(channels);
            FilePut put = new FilePut("/f", null, null, null, null);
            try (FileUpload upload = client.create(grid.get(1).location(), CallHeaders.NONE, put, PATIENCE)) {
                assertThat(grid.layout("/f").status().state()).isEqualTo("open");
                upload.write(ByteBuffer.wrap(bytes, 0, 5 << 20));
                upload.flush(false);
                assertThat(grid.read(grid.get(2), "/f")).isEqualTo(Arrays.copyOf(bytes, 5 << 20));
                upload.write(ByteBuffer.wrap(bytes, 5 << 20, 1 << 20));
                upload.flush(true);
                assertThat(grid.layout("/f").lengthBytes()).isEqualTo(bytes.length);
                assertThatThrownBy(() -> client.create(grid.get(2).location(), CallHeaders.NONE, put, PATIENCE))
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
            }
            Awaitility.await("the file is closed without its writer")
                    .untilAsserted(
                            () -> assertThat(grid.layout("/f").status().state()).isEqualTo("sealed"));
            FileLayout layout = grid.layout("/f");
            assertThat(layout.lengthBytes()).isEqualTo(bytes.length);
            assertThat(grid.read(grid.get(2), "/f")).isEqualTo(bytes);
        }
    }
}

package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has no copy of a block reads it from the others once. */
class NearReadsTest {
    private static final PutOptions OPTIONS = PutOptions.create("alice").replicas(2);
    private static final int READERS = 100;

    @TempDir
    private Path directory;

    private TestNodes grid() throws IOException {
        return new TestNodes(directory, 2, Map.of("storage.cache.share", "50%"), Map.of());
    }

    private static int readCalls(TestNodes grid) {
        return grid.all().stream().mapToInt(TestNode::readCalls).sum();
    }

    /** They are there once the last of them has been brought: readers do not wait for that. */
    private static void awaitCopies(TestNode node, int entries) {
        await().until(() -> node.near().counts().made() == entries);
        assertThat(node.near().entries()).isEqualTo(entries);
    }

    private List<Path> nearFiles(String node) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve(node).resolve("near"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void theSecondReadTakesNoByteFromTheOthers() throws IOException {
        byte[] bytes = TestNodes.random(2 * TestNodes.BLOCK + 100_000);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            assertThat(readCalls(grid)).isEqualTo(3);
            awaitCopies(reader, 3);

            grid.all().forEach(TestNode::kill);
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            assertThat(reader.near().counts().hits()).isEqualTo(3);
            assertThat(reader.near().counts().misses()).isEqualTo(3);
            assertThat(reader.near().counts().remoteBytes()).isZero();
            assertThat(reader.near().counts().nearBytes()).isGreaterThanOrEqualTo(bytes.length);
            assertThat(reader.blocks().list()).isEmpty();
        }
    }

    @Test
    void aHundredReadersCauseOneTransfer() throws Exception {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            CountDownLatch all = new CountDownLatch(READERS);
            List<Future<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reads.add(threads.submit(() -> {
                    all.countDown();
                    all.await();
                    return grid.read(reader, "/f");
                }));
            }
            for (Future<byte[]> read : reads) {
                assertThat(read.get()).isEqualTo(bytes);
            }
            assertThat(readCalls(grid)).isEqualTo(1);
            assertThat(reader.near().counts().remoteBytes()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aHolderThatIsLostIsFollowedByTheNext() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            reader.atBytesIn(before -> {
                if (before == 16L * TestNodes.CHUNK) {
                    TestNode sends = grid.get(1).readCalls() > 0 ? grid.get(1) : grid.get(2);
                    sends.kill();
                }
            });
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            awaitCopies(reader, 1);
            assertThat(grid.get(1).readCalls()).isEqualTo(1);
            assertThat(grid.get(2).readCalls()).isEqualTo(1);
            assertThat(reader.near().counts().remoteBytes()).isZero();
        }
    }

    @Test
    void aBadCopyIsReportedWhereTheNextHolderHasAGoodOne() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            grid.live().move("n2", "another");
            BlockRecord block = grid.layout("/f").blocks().get(0);
            grid.get(1).damage(block.id(), 1_000_000);
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            awaitCopies(reader, 1);
            assertThat(grid.metadata().reportedBad()).containsOnly(block.id() + "@n1");
        }
    }

    @Test
    void whoStandsStillStallsNobody() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            try (FileReader slow = reader.files().open(TestNode.context(), GridPath.parse("/f"))) {
                slow.read(0, TestNodes.CHUNK).release();
                awaitCopies(reader, 1);
                assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
                ByteBuf rest = slow.read(TestNodes.CHUNK, TestNodes.CHUNK);
                assertThat(rest.getByte(5)).isEqualTo(bytes[TestNodes.CHUNK + 5]);
                rest.release();
            }
            assertThat(readCalls(grid)).isEqualTo(1);
        }
    }

    @Test
    void aFewSmallReadsHereAndThereDoNotBringTheBlock() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        SplittableRandom random = new SplittableRandom(5);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            try (FileReader file = reader.files().open(TestNode.context(), GridPath.parse("/f"))) {
                for (int i = 0; i < 20; i++) {
                    readAt(file, 1 + random.nextInt(bytes.length - 1000), 1000, bytes);
                }
                assertThat(readCalls(grid)).isEqualTo(20);
                assertThat(reader.near().entries()).isZero();
                // As much as all of it, at last: it would have been cheaper to have it here.
                for (int i = 0; reader.near().counts().made() == 0 && i < 10_000; i++) {
                    readAt(file, 1 + random.nextInt(bytes.length - 70_000), 64_000, bytes);
                }
                awaitCopies(reader, 1);
                int calls = readCalls(grid);
                readAt(file, 3_333_333, 1000, bytes);
                assertThat(readCalls(grid)).isEqualTo(calls);
            }
        }
    }

    private static void readAt(FileReader file, int at, int length, byte[] bytes) {
        ByteBuf some = file.read(at, length);
        for (int i = 0; i < length; i++) {
            if (some.getByte(some.readerIndex() + i) != bytes[at + i]) {
                throw new AssertionError("another byte at " + (at + i));
            }
        }
        some.release();
    }

    @Test
    void whatNodesDoOfThemselvesCountsForNothing() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        CallContext background = TestNode.context().withQos(QosClass.BACKGROUND);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            for (int i = 0; i < 3; i++) {
                assertThat(grid.read(reader, "/f", background)).isEqualTo(bytes);
            }
            assertThat(reader.near().counts().misses()).isZero();
            assertThat(reader.near().entries()).isZero();
            reader.remote()
                    .verify(
                            background,
                            grid.layout("/f").blocks().get(0),
                            grid.live().info("n1"),
                            0);
            assertThat(reader.near().entries()).isZero();
        }
    }

    @Test
    void aDamagedNearCopyIsReadFromTheOthersAgain() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            awaitCopies(reader, 1);
            Path file = nearFiles("n9").get(0);
            byte[] damaged = Files.readAllBytes(file);
            damaged[2_000_000] ^= 8;
            Files.write(file, damaged);

            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            assertThat(nearFiles("n9")).doesNotContain(file);
            assertThat(grid.metadata().reportedBad()).isEmpty();
            assertThat(readCalls(grid)).isGreaterThan(1);
        }
    }

    /** Blocks that are written on, or again, are others. */
    @Test
    void whatIsWrittenIsReadWhateverWasHere() throws IOException {
        byte[] first = TestNodes.random(TestNodes.BLOCK - 100_000);
        byte[] second = TestNodes.random(300_000);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", first, OPTIONS);
            assertThat(grid.read(reader, "/f")).isEqualTo(first);
            awaitCopies(reader, 1);
            try (FileWriter writer = grid.get(1).files().append(TestNode.context(), GridPath.parse("/f"))) {
                TestNodes.write(writer, second, 0, second.length);
                writer.flush();
                assertThat(tail(grid.read(reader, "/f"), first.length)).isEqualTo(second);
                writer.commit();
            }
            assertThat(tail(grid.read(reader, "/f"), first.length)).isEqualTo(second);
            grid.get(1).files().truncate(GridPath.parse("/f"), 1000);
            assertThat(grid.read(reader, "/f")).isEqualTo(Arrays.copyOf(first, 1000));

            grid.put(grid.get(1), "/f", second, OPTIONS.overwriting());
            assertThat(grid.read(reader, "/f")).isEqualTo(second);
        }
    }

    private static byte[] tail(byte[] all, int from) {
        return Arrays.copyOfRange(all, from, all.length);
    }

    @Test
    void nearCopiesAreLentToReadersOnThisMachine() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9");
                GridClient client = GridClient.connect(List.of(reader.location()), ClientOptions.DEFAULT)) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
            awaitCopies(reader, 1);
            grid.all().forEach(TestNode::kill);
            try (FileInput input = FileInput.open(client, grid.layout("/f").status())) {
                assertThat(input.isHere(0)).isTrue();
                ByteBuffer all = ByteBuffer.allocate(bytes.length);
                while (all.hasRemaining()) {
                    assertThat(input.read(all)).isPositive();
                }
                assertThat(all.array()).isEqualTo(bytes);
            }
            assertThat(reader.near().counts().hits()).isEqualTo(1);
        }
    }

    /** A copy on the slow disk that is read again and again is read from memory, and stays where it is. */
    @Test
    void whatIsReadOftenOfASlowTierComesIntoAFastOne() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        List<TierConfig> tiers =
                List.of(tier(Medium.MEM, directory.resolve("mem"), 64), tier(Medium.HDD, directory.resolve("hdd"), 64));
        try (TestNodes grid = new TestNodes(directory, 1, Map.of("storage.cache.share", "50%"), Map.of());
                TestNode node = grid.outside("n9", tiers)) {
            grid.live()
                    .up(
                            "n9",
                            Integer.parseInt(
                                    node.location().substring(node.location().lastIndexOf(':') + 1)));
            grid.live().drain("n1");
            grid.put(node, "/f", bytes, OPTIONS.replicas(1));
            StoredBlock block = node.blocks().list().get(0);
            assertThat(block.path()).startsWith(directory.resolve("hdd"));

            assertThat(grid.read(node, "/f")).isEqualTo(bytes);
            assertThat(node.near().entries()).isZero();
            assertThat(grid.read(node, "/f")).isEqualTo(bytes);
            awaitCopies(node, 1);
            assertThat(grid.read(node, "/f")).isEqualTo(bytes);
            assertThat(node.near().counts().hits()).isEqualTo(1);
            assertThat(node.blocks().list()).containsExactly(block);
            try (Stream<Path> near = Files.walk(directory.resolve("mem").resolve("near"))) {
                assertThat(near.filter(Files::isRegularFile)).hasSize(1);
            }
        }
    }

    private static TierConfig tier(Medium medium, Path path, int mebibytes) {
        return new TierConfig(medium, path, Optional.of(DataSize.ofMebibytes(mebibytes)));
    }
}

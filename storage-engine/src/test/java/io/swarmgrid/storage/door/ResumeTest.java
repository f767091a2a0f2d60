package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.BytesClient;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.bytes.PutStart.Again;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.file.FileStore.Continued;
import io.swarmgrid.storage.file.FileStore.Return;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.WriterId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The node that a visible file is written through is lost, and its writer goes on through another one. */
class ResumeTest {
    private static final GridPath FILE = GridPath.parse("/f");
    private static final WriterId ADA = new WriterId(17);
    private static final PutOptions PLAIN = PutOptions.create("alice").writer(ADA);
    private static final FilePut PUT = new FilePut("/f", null, null, null, null);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final ClientOptions OPTIONS = ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(20));

    @TempDir
    private Path directory;

    private static FileWriter resume(TestNode node, FileWriter before, long keptBytes) {
        Return who = new Return(FILE, before.fileId(), ADA, keptBytes, 0);
        return Objects.requireNonNull(
                node.files().resume(TestNode.context(), who).writer());
    }

    /** What was told to be kept is there, whether it was flushed or not, at the beginning, the middle and the end of blocks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 70_000, 3_000_000, 4 << 20, (4 << 20) + 1, 9_000_000, 12 << 20})
    void findsAllThatWasTold(int written) throws IOException {
        byte[] bytes = TestNodes.random(13 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
            TestNodes.write(writer, bytes, 0, written);
            long told = writer.keptBytes();
            grid.get(1).kill();

            FileWriter next = resume(grid.get(2), writer, told);

            int there = (int) next.position();
            assertThat(there).isBetween((int) told, written);
            TestNodes.write(next, bytes, there, bytes.length);
            assertThat(next.commit().sizeBytes()).isEqualTo(bytes.length);
            next.close();
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
            writer.close();
        }
    }

    @Test
    void tellsInTimeWhatIsKept() throws IOException {
        byte[] bytes = TestNodes.random(9 << 20);
        try (TestNodes grid = new TestNodes(directory, 3);
                FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN)) {
            assertThat(writer.keptBytes()).isZero();
            // Chunk by chunk, and not once the block is full.
            for (int at = 0; at < 3 * TestNodes.CHUNK; at += TestNodes.CHUNK) {
                TestNodes.write(writer, bytes, at, at + TestNodes.CHUNK);
                Awaitility.await("the chunk").until(() -> writer.keptBytes() == writer.position());
            }
            long before = writer.keptBytes();
            for (int at = 3 * TestNodes.CHUNK; at < bytes.length; at += TestNodes.CHUNK) {
                TestNodes.write(writer, bytes, at, at + TestNodes.CHUNK);
                assertThat(writer.keptBytes()).isBetween(before, writer.position());
                before = writer.keptBytes();
            }
            Awaitility.await("all of it").until(() -> writer.keptBytes() == bytes.length);
            writer.commit();
        }
    }

    /** A small file that is written on: what is kept in the metadata is the beginning of the block that follows. */
    @Test
    void goesOnBehindWhatWasKeptInTheMetadata() throws IOException {
        byte[] bytes = TestNodes.random(6 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter small = grid.get(1).files().create(TestNode.context(), FILE, PLAIN)) {
                TestNodes.write(small, bytes, 0, 1000);
                small.commit();
            }
            FileWriter writer = grid.get(1).files().append(TestNode.context(), FILE, ADA);
            TestNodes.write(writer, bytes, 1000, 1500);
            FileWriter second = resume(grid.get(2), writer, 1000);
            assertThat(second.position())
                    .as("what was not sent on is with the first node alone")
                    .isEqualTo(1000);
            TestNodes.write(second, bytes, 1000, 5 << 20);
            Awaitility.await("kept, but what may be gathered for a chunk")
                    .until(() -> second.keptBytes() > (5 << 20) - TestNodes.CHUNK);
            long told = second.keptBytes();
            grid.get(2).kill();

            FileWriter third = resume(grid.get(3), writer, told);

            assertThat(third.position()).isBetween(told, 5L << 20);
            TestNodes.write(third, bytes, (int) third.position(), bytes.length);
            third.commit();
            third.close();
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
            writer.close();
            second.close();
        }
    }

    /** Of what the lost node had not put on devices nothing is taken for being there. */
    @Test
    void syncsWhatWasNotSyncedBefore() throws IOException {
        byte[] bytes = TestNodes.random(9 << 20);
        PutOptions process = PLAIN.durability(Durability.PROCESS);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, process);
            TestNodes.write(writer, bytes, 0, bytes.length);
            writer.flush();
            grid.get(1).kill();
            FileWriter next = resume(grid.get(2), writer, bytes.length);
            assertThat(next.position()).isEqualTo(bytes.length);

            next.sync();

            assertThat(grid.layout("/f").blocks()).hasSize(3).allSatisfy(block -> assertThat(block.holders())
                    .filteredOn(holder -> !holder.node().equals("n1"))
                    .isNotEmpty()
                    .allSatisfy(holder -> assertThat(grid.named(holder.node())
                                    .blocks()
                                    .find(block.id())
                                    .orElseThrow()
                                    .durability())
                            .isEqualTo(Durability.POWER)));
            next.commit();
            next.close();
            writer.close();
        }
    }

    /** A node whose copy ends before what was told is not the one that decides where the file ends. */
    @Test
    void leavesOutACopyThatLostWhatWasTold() throws IOException {
        byte[] bytes = TestNodes.random(2 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN.replicas(3));
            TestNodes.write(writer, bytes, 0, 1 << 20);
            writer.flush();
            TestNodes.write(writer, bytes, 1 << 20, 2 << 20);
            Awaitility.await("kept").until(() -> writer.keptBytes() == 2 << 20);
            var open = grid.layout("/f").blocks().get(0);
            grid.get(1).kill();
            grid.get(2).blocks().settle(open.id(), open.epoch() + 1, 1 << 20);

            FileWriter next = resume(grid.get(2), writer, 2 << 20);

            assertThat(next.position()).isEqualTo(2 << 20);
            next.commit();
            next.close();
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
            writer.close();
        }
    }

    /** The same of a block that no reader saw, beside one that was given up at the same place. */
    @Test
    void leavesOutACopyThatLostWhatWasToldWhereTwoBlocksBeginThere() throws IOException {
        byte[] bytes = TestNodes.random(2 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN.replicas(3));
            TestNodes.write(writer, bytes, 0, 2 << 20);
            Awaitility.await("kept").until(() -> writer.keptBytes() == 2 << 20);
            var open = grid.get(3).blocks().list().get(0);
            grid.get(1).kill();
            grid.get(2).blocks().settle(open.id(), open.epoch() + 1, 1 << 20);
            grid.metadata().allocate(grid.metadata().opened(writer.fileId()), 0, Set.of());

            FileWriter next = resume(grid.get(2), writer, 2 << 20);

            assertThat(next.position()).isEqualTo(2 << 20);
            next.commit();
            next.close();
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
            writer.close();
        }
    }

    /** Two nodes were asked, since the first one did not answer in time: who is overtaken does not say that the file is lost. */
    @Test
    void isNotLostToHimselfWhereTwoNodesGoOnAtOnce() throws IOException {
        byte[] bytes = TestNodes.random(2 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
            TestNodes.write(writer, bytes, 0, 1 << 20);
            writer.flush();
            grid.metadata().troubles().atNextEpoch(() -> grid.metadata().resume(writer.fileId(), ADA));

            assertThatThrownBy(() -> resume(grid.get(2), writer, 1 << 20))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));

            FileWriter next = resume(grid.get(3), writer, 1 << 20);
            TestNodes.write(next, bytes, 1 << 20, bytes.length);
            next.commit();
            next.close();
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
            writer.close();
        }
    }

    @Test
    void saysWhereWhatWasToldIsNotThere() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
            TestNodes.write(writer, bytes, 0, bytes.length);
            writer.flush();
            grid.get(1).kill();

            assertThatThrownBy(() -> resume(grid.get(2), writer, 2 << 20))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("no living node has")
                    .hasMessageContaining("/f");

            assertThat(resume(grid.get(2), writer, 1 << 20).position()).isEqualTo(1 << 20);
            writer.close();
        }
    }

    /** The commit was carried out, and its answer lost. */
    @Test
    void findsThatItHasEnded() throws IOException {
        byte[] bytes = TestNodes.random(5 << 20);
        try (TestNodes grid = new TestNodes(directory, 3);
                FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN)) {
            TestNodes.write(writer, bytes, 0, bytes.length);
            long id = writer.fileId();
            writer.commit();

            Continued continued = grid.get(2).files().resume(TestNode.context(), new Return(FILE, id, ADA, 0, 0));

            assertThat(continued.writer()).isNull();
            assertThat(Objects.requireNonNull(continued.ended()).sizeBytes()).isEqualTo(bytes.length);
        }
    }

    @Test
    void findsTheFileWhoseOpeningWasNotAnswered() throws IOException {
        byte[] bytes = TestNodes.random(2 << 20);
        Again again = new Again(null, 0, 0);
        PutStart create = create("/f");
        PutStart append = PutStart.append(new FilePut("/f", null, "me-too", null, null));
        PutStart others = PutStart.create(new FilePut("/f", null, "another", null, null));
        try (TestNodes grid = new TestNodes(directory, 2);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient client = new BytesClient(channels);
            String location = grid.get(2).location();
            for (PutStart start : List.of(create, append)) {
                try (FileUpload lost = client.open(grid.get(1).location(), CallHeaders.NONE, start, PATIENCE);
                        FileUpload found = client.open(location, CallHeaders.NONE, start.again(again), PATIENCE)) {
                    assertThat(found.fileId()).isEqualTo(lost.fileId());
                    assertThat(found.position()).isEqualTo(lost.position());
                    found.write(ByteBuffer.wrap(bytes, (int) found.position(), 1 << 20));
                    assertThatThrownBy(() -> client.open(location, CallHeaders.NONE, others.again(again), PATIENCE))
                            .isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                                    .isEqualTo(ErrorCode.ALREADY_EXISTS));
                    found.commit();
                }
            }
            try (FileUpload first =
                    client.open(location, CallHeaders.NONE, create("/new").again(again), PATIENCE)) {
                assertThat(first.position()).as("nothing was opened before").isZero();
                first.commit();
            }
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
        }
    }

    private static PutStart create(String path) {
        return PutStart.create(new FilePut(path, null, "me", null, null));
    }

    /** By the client, at any moment: a node dies, or the way to it, and the writer goes on by itself, in place or over the network. */
    @RepeatedTest(6)
    void goesOnByItselfAtTheByteReached() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = TestNodes.random((11 << 20) + 77);
        int lostAt = random.nextInt(bytes.length);
        boolean noticed = random.nextBoolean();
        try (TestNodes grid = new TestNodes(directory, 3, random.nextBoolean());
                GridClient client = GridClient.connect(
                        List.of(grid.get(1).location(), grid.get(2).location()), OPTIONS)) {
            try (GrowingFile file = GrowingFile.create(client, PUT)) {
                boolean lost = false;
                long flushed = 0;
                for (int at = 0; at < bytes.length; ) {
                    int count = Math.min(bytes.length - at, random.nextInt(1, 900_000));
                    file.write(bytes, at, count);
                    at += count;
                    if (!lost && at > lostAt) {
                        lost = true;
                        if (noticed) {
                            grid.get(1).kill();
                        } else {
                            grid.get(1).stopAnswering();
                        }
                    }
                    if (random.nextInt(4) == 0) {
                        file.flush();
                        flushed = at;
                        assertThat(grid.read(grid.get(3), "/f"))
                                .as("seed=%s", seed)
                                .isEqualTo(Arrays.copyOf(bytes, (int) flushed));
                    }
                    assertThat(file.position()).isEqualTo(at);
                }
                assertThat(file.commit().sizeBytes()).as("seed=%s", seed).isEqualTo(bytes.length);
            }
            assertThat(grid.read(grid.get(3), "/f")).as("seed=%s", seed).isEqualTo(bytes);
            assertThat(grid.metadata().openFiles()).as("seed=%s", seed).isZero();
        }
    }

    @Test
    void aWriterWhoseFileWasRecoveredOnPurposeIsTold() throws IOException {
        byte[] bytes = TestNodes.random(3 << 20);
        try (TestNodes grid = new TestNodes(directory, 3);
                GridClient client = GridClient.connect(
                        List.of(grid.get(1).location(), grid.get(2).location()), OPTIONS);
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(bytes, 0, 2 << 20);
            file.flush();
            grid.get(1).kill();
            grid.get(3).files().recover(TestNode.context(), FILE);

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> {
                            file.write(bytes, 2 << 20, 1 << 20);
                            file.flush();
                        })
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
            }
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(Arrays.copyOf(bytes, 2 << 20));
        }
    }

    @Test
    void endsWithAClearErrorWhereNobodyAnswers() throws IOException {
        byte[] bytes = TestNodes.random(2 << 20);
        ClientOptions hurried = OPTIONS.withTimeout(Duration.ofSeconds(2));
        try (TestNodes grid = new TestNodes(directory, 1)) {
            String location = grid.get(1).location();
            try (GridClient client = GridClient.connect(List.of(location), hurried);
                    GrowingFile file = GrowingFile.create(client, PUT)) {
                file.write(bytes, 0, 1 << 20);
                file.flush();
                grid.get(1).kill();
                long beganNanos = System.nanoTime();
                assertThatThrownBy(() -> {
                            file.write(bytes, 1 << 20, 1 << 20);
                            file.flush();
                        })
                        .hasMessageContaining("cannot go on writing /f, tried for ")
                        .hasMessageContaining(location)
                        .hasMessageContaining("it broke off with: ");
                assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(6));
            }
        }
    }
}

package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A node is lost while a file is being written. */
class NodeLossTest {
    private static final PutOptions PLAIN = PutOptions.create("alice");

    @TempDir
    private Path directory;

    /** Lost at the very beginning, in the first block, after two of them; with two copies and with three. */
    @ParameterizedTest
    @CsvSource({"2, 65536", "2, 2097152", "2, 9437184", "3, 65536", "3, 2097152", "3, 9437184"})
    void theWriteGoesOn(int replicas, int lostAfter) throws IOException {
        byte[] bytes = TestNodes.random((11 << 20) + 333);
        try (TestNodes grid = new TestNodes(directory, 4)) {
            try (FileWriter writer =
                    grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN.replicas(replicas))) {
                TestNodes.write(writer, bytes, 0, lostAfter);
                grid.get(2).kill();
                TestNodes.write(writer, bytes, lostAfter, bytes.length);
                writer.commit();
            }
            verify(grid, bytes, "n2", 2);
        }
    }

    /** The grid does not know yet, and of three nodes two remain: exactly enough. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theWriteGoesOnBeforeTheGridNotices(int lost) throws IOException {
        byte[] bytes = TestNodes.random(7 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, 2 << 20);
                grid.get(lost).stopAnswering();
                TestNodes.write(writer, bytes, 2 << 20, bytes.length);
                writer.commit();
            }
            verify(grid, bytes, "n" + lost, 2);
        }
    }

    /** The first remote node of a chain of three is lost: those behind it are reached past it. */
    @Test
    void thoseBehindTheLostNodeGoOn() throws IOException {
        byte[] bytes = TestNodes.random(4 << 20);
        for (int lost = 2; lost <= 3; lost++) {
            try (TestNodes grid = new TestNodes(directory.resolve("lost" + lost), 3)) {
                try (FileWriter writer =
                        grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN.replicas(3))) {
                    TestNodes.write(writer, bytes, 0, 2 << 20);
                    grid.get(lost).kill();
                    TestNodes.write(writer, bytes, 2 << 20, bytes.length);
                    writer.commit();
                }
                assertThat(grid.layout("/f").blocks())
                        .as("no new block was needed")
                        .hasSize(1);
                verify(grid, bytes, "n" + lost, 2);
            }
        }
    }

    /** Two nodes of three have no room, from the beginning or after a while: they are in the grid all the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void fullDisksMakeNoGridSmaller(int mebibytes) throws IOException {
        byte[] bytes = TestNodes.random(30 << 20);
        DataSize room = DataSize.ofMebibytes(mebibytes);
        try (TestNodes grid = new TestNodes(directory, 3, Map.of(), Map.of("n2", room, "n3", room))) {
            assertThatThrownBy(() -> grid.put(grid.get(1), "/f", bytes, PLAIN))
                    .isInstanceOf(GridException.class)
                    .hasMessageContaining("only [n1] can take a block of /f, at least 2 nodes must")
                    .hasMessageContaining("storage.min-replicas=2")
                    .hasMessageContainingAll("node=n2 failed: ", "node=n3 failed: ", "free_bytes=")
                    .satisfies(e -> assertThat(((GridException) e).hint())
                            .contains("raise a tier's capacity, or add a tier", "or lower storage.min-replicas"))
                    .extracting(e -> ((GridException) e).code())
                    .isEqualTo(ErrorCode.NO_SPACE);
            assertThat(grid.metadata().openFiles()).isZero();
            assertThat(grid.all()).allMatch(node -> node.blocks().blocks() == 0);
        }
    }

    /** Two nodes of three do not answer, and do not leave the grid either; one of them may be full. */
    @ParameterizedTest
    @CsvSource({"0, 1024", "65536, 1024", "1048576, 1024", "0, 1"})
    void shutDoorsMakeNoGridSmaller(int lostAfter, int mebibytes) throws IOException {
        byte[] bytes = TestNodes.random(9 << 20);
        Map<String, DataSize> room = Map.of("n3", DataSize.ofMebibytes(mebibytes));
        try (TestNodes grid = new TestNodes(directory, 3, Map.of(), room)) {
            grid.nodes().noticesLossWithin(Duration.ofMillis(500));
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, lostAfter);
                grid.get(2).stopAnswering();
                if (mebibytes > 1) {
                    grid.get(3).stopAnswering();
                }
                assertThatThrownBy(() -> {
                            TestNodes.write(writer, bytes, lostAfter, bytes.length);
                            writer.commit();
                        })
                        .isInstanceOf(GridException.class)
                        .hasMessageContaining("only [n1] can take a block of /f, at least 2 nodes must")
                        .hasMessageContainingAll("node=n2 failed: ", "node=n3 failed: ")
                        .extracting(e -> ((GridException) e).code())
                        .isEqualTo(ErrorCode.UNAVAILABLE);
            }
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }

    /** Of two nodes one is gone, which the grid notices a little later than the writer: then it is a grid of one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 65536, 2 << 20, 4 << 20, 9 << 20})
    void theWriteWaitsForTheGridToNotice(int lostAfter) throws IOException {
        byte[] bytes = TestNodes.random((11 << 20) + 333);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, lostAfter);
                grid.get(2).stopAnswering();
                grid.nodes().afterLooks(15, () -> grid.nodes().down("n2"));
                TestNodes.write(writer, bytes, lostAfter, bytes.length);
                writer.commit();
            }
            verify(grid, bytes, "n2", 1);
        }
    }

    /** Of two nodes one was lost, and is there again: what follows is on both. */
    @Test
    void whoComesBackTakesPartAgain() throws IOException {
        byte[] bytes = TestNodes.random(19 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, 1 << 20);
                grid.get(2).kill();
                writer.flush();
                grid.get(2).answerAgain();
                TestNodes.write(writer, bytes, 1 << 20, bytes.length);
                writer.commit();
            }
            assertThat(grid.holders("/f")).containsExactly("n1");
            List<BlockRecord> blocks = grid.layout("/f").blocks();
            assertThat(blocks.get(blocks.size() - 1).holders()).hasSize(2);
            assertThat(grid.read(grid.get(2), "/f")).isEqualTo(bytes);
        }
    }

    /** Of two nodes one is cut off for a moment, in which the grid does not miss it: no file of one copy comes of that. */
    @ParameterizedTest
    @ValueSource(ints = {0, 65536, 2 << 20, 9 << 20})
    void whoWasCutOffForAMomentIsTriedAgain(int lostAfter) throws IOException {
        byte[] bytes = TestNodes.random(11 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.nodes().noticesLossWithin(Duration.ofSeconds(1));
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, lostAfter);
                grid.get(2).stopAnswering();
                grid.nodes().afterLooks(15, grid.get(2)::answerAgain);
                TestNodes.write(writer, bytes, lostAfter, bytes.length);
                writer.commit();
            }
            verify(grid, bytes, "none", 2);
        }
    }

    /** A sealed block is to be on the device, and of its two nodes one is gone, which the grid does not know yet. */
    @Test
    void theSyncWaitsForTheGridToNotice() throws IOException {
        byte[] bytes = TestNodes.random(9 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, bytes.length);
                writer.flush();
                grid.get(2).stopAnswering();
                grid.nodes().afterLooks(30, () -> grid.nodes().down("n2"));
                writer.sync();
                writer.commit();
            }
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
        }
    }

    /** While a block goes on without its first lost node a second one is lost, one that has it or another. */
    @ParameterizedTest
    @CsvSource({"2, 3, 65536", "2, 3, 524288", "2, 4, 524288", "3, 2, 524288", "3, 1, 65536", "1, 2, 524288"})
    void aSecondNodeIsLostMeanwhile(int first, int second, int lostAfter) throws IOException {
        byte[] bytes = TestNodes.random((11 << 20) + 333);
        try (TestNodes grid = new TestNodes(directory, 5)) {
            TestNode door = grid.outside("n6");
            try (FileWriter writer = door.files().put(TestNode.context(), GridPath.parse("/f"), PLAIN.replicas(3))) {
                TestNodes.write(writer, bytes, 0, lostAfter);
                grid.metadata().troubles().atNextEpoch(() -> grid.get(second).kill());
                grid.get(first).kill();
                TestNodes.write(writer, bytes, lostAfter, bytes.length);
                writer.commit();
            } finally {
                door.close();
            }
            assertThat(grid.nodes().names()).doesNotContain("n" + first, "n" + second);
            assertIntact(grid, bytes, Set.of("n" + first, "n" + second), 2);
        }
    }

    /** The same while a block that has too few copies is being copied: from the lost node, or to it; the grid notices, or not yet. */
    @ParameterizedTest
    @CsvSource({"1, 2, true", "1, 2, false", "1, 3, true", "1, 4, true", "1, 4, false", "2, 5, false", "3, 4, false"})
    void aSecondNodeIsLostWhileCopiesAreMade(int first, int second, boolean noticed) throws IOException {
        byte[] bytes = TestNodes.random((11 << 20) + 333);
        Map<String, String> settings = Map.of("storage.replicas", "3", "storage.min-replicas", "3");
        try (TestNodes grid = new TestNodes(directory, 5, settings, Map.of())) {
            TestNode door = grid.outside("n6");
            AtomicBoolean lost = new AtomicBoolean();
            try (FileWriter writer = door.files().put(TestNode.context(), GridPath.parse("/f"), PLAIN.replicas(3))) {
                TestNodes.write(writer, bytes, 0, 512 << 10);
                await("there is something to copy").until(() -> writer.keptBytes() == 512 << 10);
                grid.metadata().troubles().atNextAllocation(() -> {
                    lost.set(true);
                    if (noticed) {
                        grid.get(second).kill();
                    } else {
                        grid.get(second).stopAnswering();
                    }
                });
                grid.get(first).kill();
                TestNodes.write(writer, bytes, 512 << 10, bytes.length);
                writer.commit();
            } finally {
                door.close();
            }
            assertThat(lost).isTrue();
            assertIntact(grid, bytes, Set.of("n" + first, "n" + second), 3);
        }
    }

    @Test
    void aWriteThatLosesItsOnlyCopyFailsClearly() throws IOException {
        byte[] bytes = TestNodes.random(4 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            // The first block goes to n1, so that of the second writer goes to n2 alone.
            grid.put(grid.get(1), "/first", TestNodes.random(1 << 20), PLAIN.replicas(1));
            try (FileWriter writer =
                    grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN.replicas(1))) {
                TestNodes.write(writer, bytes, 0, 3 << 20);
                grid.get(2).kill();
                assertThatThrownBy(() -> {
                            TestNodes.write(writer, bytes, 3 << 20, bytes.length);
                            writer.commit();
                        })
                        .isInstanceOf(GridException.class)
                        .hasMessageContaining("cannot write /f: node=n2 failed")
                        .hasMessageContaining("all nodes of block=")
                        .extracting(e -> ((GridException) e).code())
                        .isEqualTo(ErrorCode.UNAVAILABLE);
                assertThatThrownBy(() -> TestNodes.write(writer, bytes, 0, 10))
                        .hasMessageContaining("no longer open: failed");
            }
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }

    /** What is in doubt is the block's epoch, not whether there is a file: nobody is to renew its lease. */
    @Test
    void aPutWhoseEpochIsInDoubtIsGivenUp() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter writer =
                    grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN.replicas(3))) {
                TestNodes.write(writer, bytes, 0, bytes.length);
                grid.get(2).kill();
                grid.metadata().troubles().leaveEpochsInDoubt();
                assertThatThrownBy(writer::commit)
                        .isInstanceOf(GridException.class)
                        .extracting(e -> ((GridException) e).code())
                        .isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
            }
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }

    @Test
    void aPutWhoseCommitIsInDoubtEndsItsLeaseAndDeletesNoCopy() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.metadata().troubles().leaveCommitsInDoubt();
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, bytes.length);
                assertThatThrownBy(writer::commit)
                        .isInstanceOf(GridException.class)
                        .extracting(e -> ((GridException) e).code())
                        .isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
                assertThat(grid.metadata().openFiles()).isEqualTo(1);
            }
            assertThat(grid.metadata().openFiles()).isZero();
            assertThat(grid.all()).allMatch(node -> node.blocks().blocks() == 1);
        }
    }

    /** An attempt before was carried out, whose answer was lost; of the next one this was said. */
    @ParameterizedTest
    @EnumSource(names = {"TIMEOUT", "CONFLICT", "LEASE_LOST", "UNAVAILABLE", "UNKNOWN_OUTCOME"})
    void aPutThatWasCommittedKeepsItsCopiesWhateverIsSaidOfIt(ErrorCode said) throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.metadata().troubles().commitAndSay(said);
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, bytes.length);
                assertThatThrownBy(writer::commit).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                        .isEqualTo(said));
            }
            assertThat(grid.all()).allMatch(node -> node.blocks().blocks() == 1);
            verify(grid, bytes, "none", 2);
        }
    }

    private static void verify(TestNodes grid, byte[] bytes, String lost, int copies) {
        List<BlockRecord> blocks = grid.layout("/f").blocks();
        for (BlockRecord block : blocks) {
            assertThat(block.holders()).as("copies of %s", block).hasSizeGreaterThanOrEqualTo(copies);
        }
        assertThat(blocks.get(blocks.size() - 1).holders())
                .noneMatch(holder -> holder.node().equals(lost));
        assertIntact(grid, bytes, Set.of(lost), copies);
    }

    /**
     * Every living node reads the file, and every copy that a living node is recorded to have is there.
     *
     * @param copies of the last block that living nodes have, at least
     */
    private static void assertIntact(TestNodes grid, byte[] bytes, Set<String> lost, int copies) {
        for (TestNode node : grid.all()) {
            if (!lost.contains(node.name())) {
                assertThat(grid.read(node, "/f")).as(node.name()).isEqualTo(bytes);
            }
        }
        assertThat(grid.metadata().reportedBad()).isEmpty();
        int living = 0;
        for (BlockRecord block : grid.layout("/f").blocks()) {
            living = 0;
            for (Replica holder : block.holders()) {
                if (!lost.contains(holder.node())) {
                    living++;
                    StoredBlock copy =
                            grid.named(holder.node()).blocks().find(block.id()).orElseThrow();
                    assertThat(copy.sealed()).isTrue();
                    assertThat(copy.epoch()).isEqualTo(block.epoch());
                    assertThat(copy.crc32c()).isEqualTo(block.crc32c());
                }
            }
        }
        assertThat(living).as("copies of the last block").isGreaterThanOrEqualTo(copies);
    }
}

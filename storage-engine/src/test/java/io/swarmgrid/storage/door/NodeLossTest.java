package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                grid.metadata().leaveEpochsInDoubt();
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
            grid.metadata().leaveCommitsInDoubt();
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

    private static void verify(TestNodes grid, byte[] bytes, String lost, int copies) {
        for (TestNode node : grid.all()) {
            if (!node.name().equals(lost)) {
                assertThat(grid.read(node, "/f")).as(node.name()).isEqualTo(bytes);
            }
        }
        assertThat(grid.metadata().reportedBad()).isEmpty();
        for (BlockRecord block : grid.layout("/f").blocks()) {
            assertThat(block.holders()).as("copies of %s", block).hasSizeGreaterThanOrEqualTo(copies);
            for (Replica holder : block.holders()) {
                if (!holder.node().equals(lost)) {
                    StoredBlock copy =
                            grid.named(holder.node()).blocks().find(block.id()).orElseThrow();
                    assertThat(copy.sealed()).isTrue();
                    assertThat(copy.epoch()).isEqualTo(block.epoch());
                    assertThat(copy.crc32c()).isEqualTo(block.crc32c());
                }
            }
        }
        BlockRecord last =
                grid.layout("/f").blocks().get(grid.layout("/f").blocks().size() - 1);
        assertThat(last.holders()).noneMatch(holder -> holder.node().equals(lost));
    }
}

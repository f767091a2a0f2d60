package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node makes its copy of a block from the file of another node of the same machine, or has it sent. */
class NearCopyTest {
    private static final byte[] BYTES = TestNodes.random(TestNodes.BLOCK - 4321);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCopyIsWhatItsSourceIs(boolean near) throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2, near)) {
            BlockRecord block = block(grid);
            TestNode source = source(grid, block);
            TestNode other = other(grid, block);
            assertThat(fetch(grid, block)).isEqualTo(BYTES.length);
            StoredBlock copy = other.blocks().find(block.id()).orElseThrow();
            StoredBlock original = source.blocks().find(block.id()).orElseThrow();
            assertThat(copy.sealed()).isTrue();
            assertThat(copy.home()).isEqualTo(original.home());
            assertThat(copy.durability()).isEqualTo(original.durability());
            try (BlockReader reader = other.blocks().open(block.id(), block.epoch())) {
                ByteBuf bytes = reader.read(0, BYTES.length);
                byte[] read = new byte[BYTES.length];
                bytes.readBytes(read).release();
                assertThat(read).isEqualTo(BYTES);
            }
            await("nothing stays lent").until(() -> lent() == 0);
        }
    }

    /** The node's own check would say at which place its file is damaged; who copies the file sees the whole of it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDamagedFileIsNotCopied(boolean near) throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2, near)) {
            BlockRecord block = block(grid);
            source(grid, block).damage(block.id(), 1 << 20);
            assertBad(grid, block, near ? "is not what the metadata says" : "checksum does not fit");
        }
    }

    @Test
    void aFileThatIsCutShortIsNotCopied() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2)) {
            BlockRecord block = block(grid);
            Path file =
                    source(grid, block).blocks().find(block.id()).orElseThrow().path();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(1 << 20);
            }
            assertBad(grid, block, "cut short at 1048576");
        }
    }

    private void assertBad(TestNodes grid, BlockRecord block, String message) throws IOException {
        assertThatThrownBy(() -> fetch(grid, block))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                .hasMessageContaining(message);
        assertThat(other(grid, block).blocks().find(block.id())).isEmpty();
        await("nothing stays lent").until(() -> lent() == 0);
    }

    private static BlockRecord block(TestNodes grid) {
        grid.put(grid.get(1), "/f", BYTES, PutOptions.create("me").replicas(1));
        return grid.layout("/f").blocks().get(0);
    }

    private static long fetch(TestNodes grid, BlockRecord block) {
        TestNode source = source(grid, block);
        TestNode other = other(grid, block);
        return other.remote()
                .fetch(
                        TestNode.context(),
                        block,
                        other.path().nodes().find(source.name()).orElseThrow());
    }

    private static TestNode source(TestNodes grid, BlockRecord block) {
        return grid.named(block.holders().get(0).node());
    }

    private static TestNode other(TestNodes grid, BlockRecord block) {
        String source = block.holders().get(0).node();
        return grid.all().stream()
                .filter(node -> !node.name().equals(source))
                .findFirst()
                .orElseThrow();
    }

    private long lent() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().contains("/lent/")).count();
        }
    }
}

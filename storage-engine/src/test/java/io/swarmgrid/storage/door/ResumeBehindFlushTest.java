package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.file.FileStore.Return;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.WriterId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file whose last flush ended within a block that was filled afterwards is taken over. */
class ResumeBehindFlushTest {
    private static final GridPath FILE = GridPath.parse("/f");
    private static final WriterId ADA = new WriterId(17);
    private static final PutOptions PLAIN = PutOptions.create("alice").writer(ADA);

    @TempDir
    private Path directory;

    private static FileWriter resume(TestNode node, FileWriter before, long keptBytes) {
        Return who = new Return(FILE, before.fileId(), ADA, keptBytes, 0);
        return Objects.requireNonNull(
                node.files().resume(TestNode.context(), who).writer());
    }

    /** What was flushed is only the beginning of a block that is full by now; the file goes on behind that. */
    @ParameterizedTest
    @ValueSource(ints = {4 << 20, (4 << 20) + 1, 9_000_000, 12 << 20})
    void findsWhatCameAfterAFlushInTheSameBlock(int written) throws IOException {
        byte[] bytes = TestNodes.random(13 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = writtenBehindAFlush(grid, bytes, written);
            long told = writer.keptBytes();
            grid.get(1).kill();

            FileWriter next = resume(grid.get(2), writer, told);

            assertThat(next.position()).isBetween(told, (long) written);
            TestNodes.write(next, bytes, (int) next.position(), bytes.length);
            assertThat(next.commit().sizeBytes()).isEqualTo(bytes.length);
            next.close();
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(bytes);
            writer.close();
        }
    }

    /** Whoever recovers it does not know what its writer was told. */
    @Test
    void isClosedWithWhatCameAfterAFlushInTheSameBlock() throws IOException {
        byte[] bytes = TestNodes.random(13 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            FileWriter writer = writtenBehindAFlush(grid, bytes, 9 << 20);
            grid.get(1).kill();

            long size = grid.get(2).files().recover(TestNode.context(), FILE).sizeBytes();

            assertThat(size).isBetween(8L << 20, 9L << 20);
            assertThat(grid.read(grid.get(3), "/f")).isEqualTo(Arrays.copyOf(bytes, (int) size));
            writer.close();
        }
    }

    private static FileWriter writtenBehindAFlush(TestNodes grid, byte[] bytes, int written) {
        FileWriter writer = grid.get(1).files().create(TestNode.context(), FILE, PLAIN);
        TestNodes.write(writer, bytes, 0, 1 << 20);
        writer.flush();
        TestNodes.write(writer, bytes, 1 << 20, written);
        long full = (long) written - written % TestNodes.BLOCK;
        Awaitility.await("all full blocks are kept, and recorded").until(() -> {
            long sealed = grid.metadata().sealedBytes();
            return writer.keptBytes() >= full && sealed == full;
        });
        return writer;
    }

    /** Behind a truncation the rest of the block is not the writer's. */
    @Test
    void leavesWhatATruncationCutOff() throws IOException {
        byte[] bytes = TestNodes.random(6 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            grid.put(grid.get(1), "/f", Arrays.copyOf(bytes, 3 << 20), PLAIN);
            grid.get(1).files().truncate(FILE, 1 << 20);
            FileWriter writer = grid.get(1).files().append(TestNode.context(), FILE, ADA);

            FileWriter second = resume(grid.get(2), writer, 1 << 20);

            assertThat(second.position()).isEqualTo(1 << 20);
            TestNodes.write(second, bytes, 1 << 20, 2 << 20);
            Awaitility.await("kept").until(() -> second.keptBytes() == 2 << 20);
            FileWriter third = resume(grid.get(3), second, 2 << 20);
            assertThat(third.position()).isEqualTo(2 << 20);
            TestNodes.write(third, bytes, 2 << 20, bytes.length);
            third.commit();
            third.close();
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
            writer.close();
            second.close();
        }
    }
}

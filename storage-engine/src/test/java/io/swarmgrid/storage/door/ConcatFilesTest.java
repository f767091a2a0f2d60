package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are joined, small ones and large ones. */
class ConcatFilesTest {
    private static final PutOptions PLAIN = PutOptions.create("alice");
    private static final GridPath TARGET = GridPath.parse("/f0");

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    /** Files of these lengths, by their numbers; the first is the target. */
    private List<GridPath> put(TestNodes grid, int... lengths) {
        List<GridPath> sources = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            byte[] bytes = TestNodes.random(lengths[i]);
            all.writeBytes(bytes);
            grid.put(grid.get(1), "/f" + i, bytes, PLAIN);
            sources.add(GridPath.parse("/f" + i));
        }
        return sources.subList(1, sources.size());
    }

    private FileStatus join(TestNodes grid, List<GridPath> sources) {
        return grid.get(2).files().concat(TestNode.context(), TARGET, sources, null);
    }

    private List<Long> offsets(TestNodes grid) {
        assertThat(grid.read(grid.get(3), "/f0")).isEqualTo(all.toByteArray());
        return grid.layout("/f0").blocks().stream().map(BlockRecord::offset).toList();
    }

    @Test
    void whatIsSmallTogetherStaysInTheMetadata() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 3)) {
            assertThat(join(grid, put(grid, 96, 0, 3000, 1000)).sizeBytes()).isEqualTo(4096);
            assertThat(offsets(grid)).isEmpty();
            assertThat(grid.metadata().blockRecords()).isZero();
        }
    }

    @Test
    void smallOnesThatFollowEachOtherBecomeOneBlock() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 3)) {
            int[] lengths =
                    IntStream.range(0, 1000).map(i -> i == 500 ? 100_000 : 4096).toArray();
            join(grid, put(grid, lengths));
            assertThat(offsets(grid)).containsExactly(0L, 500L * 4096, 500L * 4096 + 100_000);
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }

    @Test
    void blocksOfAnyLengthFollowEachOther() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 3)) {
            int cut = (5 << 20) - 17;
            List<GridPath> sources = put(grid, 5 << 20, 100_000, 7, 4 << 20);
            join(grid, sources);
            assertThat(offsets(grid))
                    .containsExactly(0L, 4L << 20, 5L << 20, (5L << 20) + 100_000, (5L << 20) + 100_007);
            grid.get(3).files().truncate(TARGET, cut);
            byte[] rest = java.util.Arrays.copyOf(all.toByteArray(), cut);
            assertThat(grid.read(grid.get(1), "/f0")).isEqualTo(rest);
            assertThat(grid.layout("/f0").blocks()).hasSize(2);
        }
    }

    @Test
    void whatChangedMeanwhileIsLookedAtAgain() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 3)) {
            List<GridPath> sources = put(grid, 10, 100_000, 20);
            grid.metadata().troubles().conflicts(5);
            assertThatThrownBy(() -> join(grid, sources)).hasMessageContaining("changed meanwhile");
            assertThat(grid.metadata().openFiles()).isZero();
            assertThat(grid.metadata().blockRecords()).as("of those that stay").isEqualTo(1);
            assertThat(grid.read(grid.get(1), "/f2")).isEqualTo(TestNodes.random(20));

            grid.metadata().troubles().conflicts(4);
            join(grid, sources);

            assertThat(offsets(grid)).containsExactly(0L, 10L, 100_010L);
            assertThat(grid.metadata().blockRecords()).isEqualTo(3);
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }

    @Test
    void whatCannotBeJoinedIsRefusedBeforeAByteIsWritten() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 3)) {
            List<GridPath> sources = put(grid, 10, 100_000);
            assertThatThrownBy(() -> join(grid, List.of()))
                    .hasMessage("cannot join 0 files to /f0, expected 1 to 1000 at once");
            assertThatThrownBy(() -> join(grid, List.of(TARGET))).hasMessageContaining("cannot join a file twice: /f0");
            assertThatThrownBy(() -> join(grid, List.of(sources.get(0), GridPath.parse("/none"))))
                    .hasMessageContaining("not found: /none");
            assertThatThrownBy(() -> join(grid, List.of(sources.get(0), sources.get(0))))
                    .hasMessageContaining("cannot join a file twice: /f1");
            assertThat(grid.all().stream()
                            .mapToInt(node -> node.blocks().blocks())
                            .sum())
                    .as("two copies of the one block of /f1")
                    .isEqualTo(2);
            try (var writer = grid.get(1).files().append(TestNode.context(), sources.get(0))) {
                TestNodes.write(writer, new byte[1], 0, 1);
                writer.flush();
                assertThatThrownBy(() -> join(grid, sources)).hasMessage("somebody writes the file: /f1");
                writer.commit();
            }
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }
}

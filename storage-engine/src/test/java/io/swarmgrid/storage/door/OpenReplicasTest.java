package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others may write so many blocks on a node at a time, and no more: four times as many as it may have open itself. */
class OpenReplicasTest {
    private static final int MOST = 4;
    private static final byte[] BYTES = TestNodes.random(100_000);

    @TempDir
    private Path directory;

    private TestNodes grid(int count) throws IOException {
        return new TestNodes(directory, count, Map.of("storage.max-open-writers", "1"), Map.of());
    }

    /** A file through n1, whose only block is open when this returns. */
    private static FileWriter begin(TestNodes grid, String path) {
        FileWriter writer =
                grid.get(1).files().put(TestNode.context(), GridPath.parse(path), PutOptions.create("alice"));
        boolean begun = false;
        try {
            TestNodes.write(writer, BYTES, 0, BYTES.length);
            begun = true;
            return writer;
        } finally {
            if (!begun) {
                writer.close();
            }
        }
    }

    private static void end(FileWriter writer) {
        writer.commit();
        writer.close();
    }

    @Test
    void oneMoreIsRefusedUntilAnotherHasEnded() throws IOException {
        try (TestNodes grid = grid(2)) {
            List<FileWriter> open = new ArrayList<>();
            for (int i = 0; i < MOST; i++) {
                open.add(begin(grid, "/f" + i));
            }

            assertThatThrownBy(() -> begin(grid, "/refused"))
                    .isInstanceOf(GridException.class)
                    .hasMessageContaining("node=n2 failed: cannot begin block=")
                    .hasMessageContaining("blocks that others write here: 4, 4 times its storage.max-open-writers")
                    .hasMessageContaining("at least 2 nodes must (storage.min-replicas=2)")
                    .satisfies(e -> assertThat(((GridException) e).hint())
                            .contains("wait for others to finish, or raise storage.max-open-writers of that node"))
                    .extracting(e -> ((GridException) e).code())
                    .isEqualTo(ErrorCode.OVERLOADED);
            assertThat(grid.get(1).blocks().blocks())
                    .as("nothing is left of it")
                    .isEqualTo(MOST);

            end(open.remove(0));
            open.add(begin(grid, "/later"));
            assertThatThrownBy(() -> begin(grid, "/refused")).hasMessageContaining("node=n2 failed");
            open.get(0).close(); // given up, not sealed
            open.set(0, begin(grid, "/last"));
            open.forEach(OpenReplicasTest::end);

            for (String path : List.of("/f0", "/f2", "/f3", "/later", "/last")) {
                assertThat(grid.holders(path)).containsExactlyInAnyOrder("n1", "n2");
                assertThat(grid.read(grid.get(2), path)).isEqualTo(BYTES);
            }
        }
    }

    @Test
    void theWriterGoesOnElsewhere() throws IOException {
        try (TestNodes grid = grid(3)) {
            // Blocks are placed in turn: on n1 and n2, n2 and n3, n3 and n1.
            List<FileWriter> open = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                FileWriter writer = begin(grid, "/f" + i);
                if (i % 3 == 2) {
                    end(writer);
                    assertThat(grid.holders("/f" + i)).containsExactlyInAnyOrder("n3", "n1");
                } else {
                    open.add(writer);
                }
            }
            assertThat(open).as("blocks on n2").hasSize(MOST);

            end(begin(grid, "/elsewhere"));

            assertThat(grid.holders("/elsewhere")).containsExactlyInAnyOrder("n1", "n3");
            assertThat(grid.read(grid.get(2), "/elsewhere")).isEqualTo(BYTES);
            open.forEach(OpenReplicasTest::end);
            assertThat(grid.holders("/f0")).containsExactlyInAnyOrder("n1", "n2");
        }
    }
}

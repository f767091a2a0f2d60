package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.cache.Loader.Outcome;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.file.LoadedNear;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks of the grid, had from other nodes because somebody asks for them. */
class LoadBlocksTest {
    private static final PutOptions OPTIONS = PutOptions.create("alice").replicas(2);
    private static final CallContext CALL = CallContext.background("n9", "load");

    @TempDir
    private Path directory;

    private TestNodes grid() throws IOException {
        return new TestNodes(directory, 2, Map.of("storage.cache.share", "50%"), Map.of());
    }

    private static LoadedNear near(TestNodes grid, TestNode node) {
        return new LoadedNear(node.path(), grid.metadata());
    }

    private static Outcome load(LoadedNear near, BlockRecord block) {
        return near.load(CALL, block, Medium.SSD, any -> true);
    }

    @Test
    void comeOnceAndAreReadWhenAllOthersAreGone() throws IOException {
        byte[] bytes = TestNodes.random(2 * TestNodes.BLOCK + 12_345);
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", bytes, OPTIONS);
            LoadedNear near = near(grid, reader);
            for (int round = 0; round < 2; round++) {
                for (BlockRecord block : grid.layout("/f").blocks()) {
                    assertThat(near.isHere(block, Medium.SSD)).isFalse();
                    assertThat(load(near, block)).isEqualTo(Outcome.NEAR);
                }
            }
            assertThat(grid.get(1).readCalls() + grid.get(2).readCalls()).isEqualTo(3);
            assertThat(reader.near().counts().made()).isEqualTo(3);
            grid.all().forEach(TestNode::kill);
            assertThat(grid.read(reader, "/f")).isEqualTo(bytes);
        }
    }

    @Test
    void lieHereAlreadyOnSuchATierOrAFasterOne() throws IOException {
        try (TestNodes grid = grid()) {
            grid.put(grid.get(1), "/f", TestNodes.random(100_000), OPTIONS);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            LoadedNear near = near(grid, grid.get(1));
            assertThat(near.isHere(block, Medium.SSD)).isTrue();
            assertThat(near.isHere(block, Medium.HDD)).isTrue();
            assertThat(near.isHere(block, Medium.MEM)).isFalse();
        }
    }

    @Test
    void sayWhyTheyCannotBeHad() throws IOException {
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", TestNodes.random(TestNodes.BLOCK), OPTIONS);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            grid.get(1).damage(block.id(), 1_000_000);
            grid.get(2).damage(block.id(), 1_000_000);
            LoadedNear near = near(grid, reader);
            assertThatThrownBy(() -> load(near, block))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA))
                    .hasMessageContaining("no copy of block=" + block.id() + " can be read")
                    .hasMessageContaining("node=n1")
                    .hasMessageContaining("node=n2");
            assertThat(reader.near().entries()).isZero();
            grid.get(1).kill();
            grid.get(2).kill();
            assertThatThrownBy(() -> load(near, block))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }

    @Test
    void areTheirWritersWhileTheyAreWritten() throws IOException {
        try (TestNodes grid = grid();
                TestNode reader = grid.outside("n9")) {
            GridPath path = GridPath.parse("/f");
            try (FileWriter writer = grid.get(1).files().create(TestNode.context(), path, OPTIONS)) {
                byte[] bytes = TestNodes.random(100_000);
                TestNodes.write(writer, bytes, 0, bytes.length);
                writer.flush();
                BlockRecord block = grid.layout("/f").blocks().get(0);
                LoadedNear near = near(grid, reader);
                assertThat(near.isHere(block, Medium.HDD)).isFalse();
                assertThatThrownBy(() -> load(near, block)).hasMessage("it is being written");
                writer.commit();
            }
            BlockRecord sealed = grid.layout("/f").blocks().get(0);
            assertThat(load(near(grid, reader), sealed)).isEqualTo(Outcome.NEAR);
        }
    }
}

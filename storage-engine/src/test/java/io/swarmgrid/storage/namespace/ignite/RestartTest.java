package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.ignite.cluster.ClusterState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RestartTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final GridPath FILE = GridPath.parse("/a/b/file");
    private static final GridPath SMALL = GridPath.parse("/a/small");

    @TempDir
    Path directory;

    private TestGrid start() {
        return TestGrid.start(directory, new TestClock(), Map.of(), "n1");
    }

    @Test
    void keepsEverythingAndLetsGoOfOldLeases() {
        FileStatus small;
        FileLayout layout;
        long unfinished;
        OperationId operation = new OperationId("kept");
        try (TestGrid grid = start()) {
            IgniteNamespace namespace = grid.first().namespace();
            small = namespace.fileMetadata().putInline(SMALL, OPTIONS.operation(operation), new byte[] {7});
            OpenFile file = namespace.fileMetadata().begin(FILE, OPTIONS);
            BlockRecord block = namespace.fileMetadata().allocate(file, 0, Set.of());
            namespace.fileMetadata().seal(file, new SealedBlock(block.id(), 1, 99, 5), List.of("n1"));
            namespace.fileMetadata().commit(file, List.of(block.id()));
            layout = namespace.fileMetadata().layout(FILE);
            OpenFile open = namespace.fileMetadata().begin(GridPath.parse("/a/unfinished"), OPTIONS);
            namespace.fileMetadata().allocate(open, 0, Set.of());
            unfinished = open.fileId();
        }
        try (TestGrid grid = start()) {
            IgniteNamespace namespace = grid.first().namespace();

            assertThat(namespace.files().stat(SMALL)).isEqualTo(small);
            assertThat(namespace.fileMetadata().layout(SMALL).inline()).containsExactly(7);
            assertThat(namespace.fileMetadata().layout(FILE)).isEqualTo(layout);
            assertThat(namespace.files().outcome(operation)).contains(small);
            assertThat(namespace.files().list(GridPath.parse("/a"), null, 10).entries())
                    .hasSize(2);
            OpenFile next = namespace.fileMetadata().begin(GridPath.parse("/a/next"), OPTIONS);
            assertThat(namespace.fileMetadata().allocate(next, 0, Set.of()).id())
                    .as("no block id is given twice")
                    .isGreaterThan(layout.blocks().get(0).id());

            List<BlockRecord> gone = new ArrayList<>();
            assertThat(namespace.census().reclaim(Set.of("n1"), gone::add, (id, epoch) -> {}))
                    .isEqualTo(1);
            assertThat(gone).extracting(BlockRecord::fileId).containsExactly(unfinished);
        }
    }

    @Test
    void saysThatItIsUnavailableWhileTheGridIsNotActive() {
        try (TestGrid grid = start()) {
            IgniteNamespace namespace = grid.first().namespace();
            namespace.fileMetadata().putInline(SMALL, OPTIONS, new byte[] {7});

            grid.first().ignite().cluster().state(ClusterState.INACTIVE);
            Expect.error(ErrorCode.UNAVAILABLE, "the grid is not active", () -> namespace
                    .files()
                    .stat(SMALL));
            Expect.error(ErrorCode.UNAVAILABLE, "", () -> namespace
                    .fileMetadata()
                    .putInline(GridPath.parse("/b"), OPTIONS, new byte[1]));

            grid.first().ignite().cluster().state(ClusterState.ACTIVE);
            assertThat(namespace.fileMetadata().layout(SMALL).inline()).containsExactly(7);
        }
    }
}

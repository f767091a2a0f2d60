package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtPartitionTopologyImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node still has of the metadata when it is to be counted. */
class VacancyTest {
    @TempDir
    private Path root;

    /** What it was given would be cleared together with what it has. */
    @Test
    void takesNobodyInWhoStillHasMetadataFromBefore() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.join-grace", "5s"))) {
            MetadataEngine first = grid.startAll().get(0).engine();
            Member late = grid.start(4);
            late.engine().awaitActive(TestGrid.PATIENCE);
            GridDhtLocalPartition held = partitionOf(late);
            assertThat(held.reserve()).as("not to be cleared for now").isTrue();

            grid.start(5);

            await().atMost(TestGrid.PATIENCE).until(() -> states(first).contains("n5=up"));
            assertThat(states(first)).contains("n4=joining");
            held.release();
            held.rent();
            await().atMost(TestGrid.PATIENCE).until(() -> states(first).contains("n4=up"));
        }
    }

    private static GridDhtLocalPartition partitionOf(Member member) throws IgniteCheckedException {
        IgniteEx ignite = (IgniteEx) member.engine().ignite();
        return ((GridDhtPartitionTopologyImpl)
                        ignite.context().cache().cache(TestGrid.CACHE).context().topology())
                .forceCreatePartition(0);
    }

    private static List<String> states(MetadataEngine engine) {
        return engine.status().stream()
                .map((NodeStatus node) -> node.name() + "=" + node.state())
                .toList();
    }
}

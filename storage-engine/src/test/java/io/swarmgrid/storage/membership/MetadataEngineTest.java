package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.ignite.IgniteCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grids of real engines in one JVM. */
class MetadataEngineTest {
    @TempDir
    private Path root;

    @Test
    void beginsAloneAndComesBackWithTheSameIdentity() throws Exception {
        java.util.UUID id;
        byte[] secret;
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            id = engine.gridId();
            secret = engine.gridSecret();
            things(engine).put(1, "kept");
            assertThat(engine.nodes().hasQuorum()).isTrue();
            assertThat(engine.status()).extracting(NodeStatus::state).containsExactly("up");
        }
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            assertThat(engine.gridId()).isEqualTo(id);
            assertThat(engine.gridSecret()).isEqualTo(secret).hasSize(32);
            assertThat(things(engine).get(1)).isEqualTo("kept");
        }
    }

    @Test
    void losesTheQuorumWithTwoOfThreeAndGetsItBack() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.node-grace", "1h"))) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            assertThat(states(first)).containsExactly("n1=up", "n2=up", "n3=up");
            things(first).put(1, "one");

            members.get(2).close();
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up", "n3=down")));
            assertThat(first.nodes().hasQuorum()).isTrue();
            things(first).put(2, "two");

            members.get(1).close();
            await().until(() -> !first.nodes().hasQuorum());
            assertThatThrownBy(() -> first.nodes().requireQuorum()).isInstanceOfSatisfying(GridException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NO_QUORUM);
                assertThat(e).hasMessageContaining("sees 1 of 3, missing=[n2, n3]");
            });
            assertThatThrownBy(() -> things(first).put(3, "three")).hasStackTraceContaining("topology is not valid");

            grid.start(2);
            await().until(() -> first.nodes().hasQuorum());
            things(first).put(3, "three");
        }
    }

    private static List<String> states(MetadataEngine engine) {
        return engine.status().stream()
                .map(node -> node.name() + "=" + node.state())
                .toList();
    }

    private static IgniteCache<Integer, String> things(MetadataEngine engine) {
        return engine.ignite().cache(TestGrid.CACHE);
    }
}

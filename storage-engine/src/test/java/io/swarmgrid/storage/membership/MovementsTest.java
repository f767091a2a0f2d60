package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.DrainStatus;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators ask to be moved, on three engines. */
class MovementsTest {
    @TempDir
    private Path root;

    @Test
    void keepsWhatIsToBeDrainedOverARestartOfAllNodes() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of())) {
            List<Member> members = grid.startAll();
            Movements first = members.get(0).engine().movements();
            Nodes second = members.get(1).engine().nodes();
            first.drain("n3");
            first.drain("n3");
            await().until(() -> second.movement().draining().equals(List.of("n3")));
            assertThat(second.find("n3").orElseThrow().draining()).isTrue();
            assertThat(second.find("n1").orElseThrow().draining()).isFalse();
            refuses(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot drain node n2: only n1 would be left to take blocks, storage.min-replicas=2",
                    () -> first.drain("n2"));
            refuses(ErrorCode.NOT_FOUND, "no such node: n7", () -> first.drain("n7"));

            grid.stopAll();
            List<Member> again = grid.startAll();
            for (Member member : again) {
                await().until(() -> member.engine()
                        .nodes()
                        .find("n3")
                        .map(GridNodeInfo::draining)
                        .orElse(false));
            }
            MetadataEngine engine = again.get(0).engine();
            awaitDrained(again);

            engine.movements().undrain("n3");
            engine.movements().undrain("n7");
            await().until(() -> again.get(2).engine().nodes().movement().equals(Movement.NONE));
            assertThat(engine.status())
                    .allSatisfy(node -> assertThat(node.drain()).isNull());
        }
    }

    /** A node is drained when every keeper has looked since it heard of it, and not before. */
    private static void awaitDrained(List<Member> members) {
        MetadataEngine engine = members.get(0).engine();
        long version = engine.peers().settledVersion();
        NodeLoad.Walked walked = new NodeLoad.Walked(version, 0, List.of(new NodeLoad.Leaving("n3", 0, 0)));
        NodeLoad.Walked full = new NodeLoad.Walked(version, 0, List.of(new NodeLoad.Leaving("n3", 4, 400)));
        members.get(0).engine().publishLoad(() -> load(walked));
        members.get(1).engine().publishLoad(() -> load(walked));
        members.get(2).engine().publishLoad(() -> load(new NodeLoad.Walked(version, 0, List.of())));
        await().during(java.time.Duration.ofMillis(500))
                .until(() -> drain(engine, "n3").equals(new DrainStatus(DrainStatus.DRAINING, 0, 0)));
        members.get(2).engine().publishLoad(() -> load(full));
        await().until(() -> drain(engine, "n3").equals(new DrainStatus(DrainStatus.DRAINING, 4, 400)));
        members.get(2).engine().publishLoad(() -> load(walked));
        await().until(() -> drain(engine, "n3").hasEnded());
    }

    @Test
    void endsAnEveningOutWhenAllHaveFoundNothingToMove() throws Exception {
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            refuses(ErrorCode.INVALID_ARGUMENT, "bad threshold_percent: 0, expected 1 to 50", () -> engine.movements()
                    .balance(0));
            refuses(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot drain node n1: it is the last node that takes blocks",
                    () -> engine.movements().drain("n1"));
            engine.movements().balance(null);
            Movement begun = engine.nodes().movement();
            assertThat(begun.thresholdPercent()).isEqualTo(5);
            assertThat(begun.balance()).isPositive();
            long version = engine.peers().settledVersion();
            engine.publishLoad(() -> load(new NodeLoad.Walked(version, begun.balance() - 1, List.of())));
            await().during(java.time.Duration.ofMillis(500))
                    .until(() -> engine.nodes().movement().equals(begun));
            engine.publishLoad(() -> load(new NodeLoad.Walked(version, begun.balance(), List.of())));
            await().until(() -> engine.nodes().movement().equals(Movement.NONE));
        }
    }

    private static DrainStatus drain(MetadataEngine engine, String name) {
        return engine.status().stream()
                .filter(node -> node.name().equals(name))
                .map(node -> node.drain())
                .findFirst()
                .orElseThrow();
    }

    private static NodeLoad load(NodeLoad.Walked walked) {
        return new NodeLoad(0, 1000, 1000, 0, RepairStatus.NONE, walked);
    }

    private static void refuses(ErrorCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(GridException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    if (message.startsWith("cannot drain")) {
                        assertThat(e.hint()).contains("start another node first", "swarm grid undrain NODE");
                    }
                })
                .hasMessage(message);
    }
}

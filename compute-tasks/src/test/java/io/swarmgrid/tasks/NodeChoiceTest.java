package io.swarmgrid.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeChoiceTest {
    private static final long SIZE = 64L << 20;

    @Test
    void staysWhereTheBytesAreWhileSplitsAreShort() {
        assertThat(choose(1, node("holder", 3, true), node("idle", 0, false))).isEqualTo("holder");
    }

    @Test
    void takesTheHolderWithTheShorterQueue() {
        assertThat(choose(1, node("busy", 2, true), node("free", 1, true))).isEqualTo("free");
    }

    @Test
    void waitsForAFullHolderRatherThanLeave() {
        assertThat(choose(1, node("holder", 4, true), node("idle", 0, false))).isEqualTo("wait");
    }

    @Test
    void leavesHoldersThatAreBusyForLong() {
        assertThat(choose(60, node("holder", 4, true), node("idle", 0, false))).isEqualTo("idle");
    }

    @Test
    void goesElsewhereWhereNoHolderIsLeft() {
        assertThat(choose(1, node("a", 1, false), node("b", 0, false))).isEqualTo("b");
    }

    @Test
    void retriesOnAnotherNodeFirst() {
        NodeChoice.Candidate failed = new NodeChoice.Candidate(load("failed"), 0, true, true);
        assertThat(choose(1, failed, node("idle", 0, false))).isEqualTo("idle");
        assertThat(choose(1, failed)).isEqualTo("failed");
    }

    @Test
    void movesASplitThatWaitedLongerThanMovingTakes() {
        List<NodeChoice.Candidate> others = List.of(node("idle", 0, false));
        assertThat(NodeChoice.shouldMove(others, SIZE, 10)).isFalse();
        assertThat(NodeChoice.shouldMove(others, SIZE, 12)).isTrue();
        assertThat(NodeChoice.shouldMove(List.of(node("busy", 2, false)), SIZE, 60))
                .isFalse();
    }

    private static String choose(double attemptSeconds, NodeChoice.Candidate... candidates) {
        return NodeChoice.choose(List.of(candidates), SIZE, attemptSeconds)
                .map(each -> each.node().node())
                .orElse("wait");
    }

    private static NodeChoice.Candidate node(String name, int ahead, boolean holds) {
        return new NodeChoice.Candidate(load(name), ahead, holds, false);
    }

    private static NodeLoads.NodeLoad load(String name) {
        return new NodeLoads.NodeLoad(name, new UUID(0, name.hashCode()), 2, 0);
    }
}

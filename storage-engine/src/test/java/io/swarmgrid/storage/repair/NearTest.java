package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.namespace.Keeping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Near copies that are asked for: made, made again, and given up. */
class NearTest {
    @TempDir
    private Path directory;

    private FakeGrid grid;
    private Repairs repairs;

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
        repairs = new Repairs(grid);
    }

    @AfterEach
    void stop() {
        repairs.close();
    }

    private void ask(long id, Keeping keeping) {
        grid.records.computeIfPresent(new BlockId(id), (key, block) -> block.asked(block.replication(), keeping));
    }

    private boolean isKept(String node, long id) {
        return repairs.node(node).kept.all().stream()
                .anyMatch(copy -> copy.block().value() == id);
    }

    private boolean nothingIsKept() {
        return grid.nodes.values().stream().allMatch(node -> node.kept.all().isEmpty());
    }

    @Test
    void makesThemWhereTheBlockIsFirstAndGivesThemUpAgain() {
        repairs.start("n1", "n2", "n3", "n4");
        grid.block(1, 2, "n2", "n3");
        ask(1, new Keeping(2, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n2", "n3")));
        assertThat(isKept("n2", 1) && isKept("n3", 1)).isTrue();
        ask(1, new Keeping(3, Medium.MEM));
        await().until(() -> grid.near(1).size() == 3);
        assertThat(grid.holders(1)).containsExactly("n2", "n3");
        assertThat(repairs.total(RepairStatus::underReplicatedBlocks)).isZero();

        ask(1, Keeping.NONE);
        await().until(() -> grid.near(1).isEmpty());
        await().until(this::nothingIsKept);
        assertThat(grid.holders(1)).containsExactly("n2", "n3");
    }

    /** What it lacks cannot be made here at all. */
    @Test
    void makesThemThoughTheBlockLacksCopiesThatNoNodeCanTake() {
        repairs.start("n1");
        grid.block(1, 3, "n1");
        ask(1, new Keeping(1, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n1")));
        assertThat(repairs.total(RepairStatus::underReplicatedBlocks)).isEqualTo(1);
    }

    @Test
    void makesOneAgainOnceItsNodeIsGone() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n3");
        ask(1, new Keeping(2, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n1", "n3")));
        repairs.kill("n3", true);
        await().during(Duration.ofMillis(300)).until(() -> grid.near(1).equals(Set.of("n1", "n3")));
        grid.waitedFor.remove("n3");
        await().until(() ->
                grid.near(1).equals(Set.of("n1", "n2")) && grid.holders(1).equals(Set.of("n1", "n2")));
    }

    /** A copy that counts is made where there is a near one; and near ones everywhere keep no block alive. */
    @Test
    void neverCountsOneForTheBlock() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n2");
        ask(1, new Keeping(3, Medium.MEM));
        await().until(() -> grid.near(1).size() == 3);
        repairs.kill("n2", false);
        await().until(() -> grid.holders(1).equals(Set.of("n1", "n3")));
        assertThat(repairs.node("n3").blocks.find(new BlockId(1))).isPresent();
    }

    @Test
    void findsOutWhatANodeHasLostWhenItStarts() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 1, "n1");
        ask(1, new Keeping(1, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n1")));
        FakeGrid.Node node = repairs.kill("n1", true);
        node.kept.loseAll();
        grid.back(node);
        repairs.start(node);
        await().until(() -> isKept("n1", 1) && grid.near(1).equals(Set.of("n1")));
    }

    /** Its node alone knows of it, and goes on. */
    @Test
    void makesOneAgainThatTurnedOutBad() {
        repairs.start("n1", "n2");
        grid.block(1, 1, "n1");
        ask(1, new Keeping(1, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n1")));
        repairs.node("n1").kept.spoilAll();
        await().until(() -> isKept("n1", 1) && grid.near(1).equals(Set.of("n1")));
        assertThat(grid.holders(1)).containsExactly("n1");
    }

    @Test
    void leavesADrainedNode() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n2");
        ask(1, new Keeping(1, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n1")));
        repairs.node("n1").draining = true;
        await().until(() -> repairs.left("n1") == 0
                && grid.near(1).size() == 1
                && !grid.near(1).contains("n1"));
        await().until(() -> !isKept("n1", 1));
    }

    @Test
    void asksAnotherNodeWhereOneHasNoRoomThoughItSaysSo() {
        repairs.start("n1", "n2", "n3");
        repairs.node("n1").kept.most = 0;
        repairs.node("n2").kept.refuses = true;
        grid.block(1, 2, "n1", "n2");
        ask(1, new Keeping(2, Medium.MEM));
        await().until(() -> grid.near(1).equals(Set.of("n3")));
        repairs.node("n2").kept.refuses = false;
        await().until(() -> grid.near(1).equals(Set.of("n2", "n3")));
    }

    @Test
    void givesUpWhatARemovedBlockHadNear() {
        repairs.start("n1", "n2");
        grid.block(1, 1, "n1");
        ask(1, new Keeping(2, Medium.MEM));
        await().until(() -> grid.near(1).size() == 2);
        grid.doomed.add(new BlockId(1));
        await().until(this::nothingIsKept);
    }

    /** Its node has died between making and recording it, or between forgetting and deleting. */
    @Test
    void givesUpWhatNobodyRecords() {
        FakeGrid.Node node = grid.add("n1", "z");
        grid.block(1, 1, "n1");
        ask(1, new Keeping(1, Medium.MEM));
        CallContext context = CallContext.background("n1", "test");
        assertThat(node.kept.keep(context, FakeGrid.record(2, 1, List.of()), Medium.MEM))
                .isEqualTo(Keeper.Outcome.KEPT);
        repairs.start(node);
        await().until(() -> isKept("n1", 1) && !isKept("n1", 2));
    }
}

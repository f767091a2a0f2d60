package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.Keeping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Near copies of blocks in demand: gained, moved and lost. Time passes for demand alone, and by hand. */
class HotTest {
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

    /** So often a second, by now. */
    private void read(String node, long id, int rate) {
        for (int i = 0; i < 10 * rate; i++) {
            repairs.node(node).demand.gave(100 + id, new BlockId(id), FakeGrid.BLOCK_BYTES, FakeGrid.BLOCK_BYTES);
        }
    }

    private void readNoMore() {
        grid.nanos.addAndGet(Duration.ofHours(1).toNanos());
    }

    private boolean isKept(String node, long id) {
        return repairs.node(node).kept.all().stream()
                .anyMatch(copy -> copy.block().value() == id);
    }

    private int hotBlocks() {
        return repairs.each().mapToInt(Repair::hotBlocks).sum();
    }

    @Test
    void gainsACopyWhereNoneWasAndLosesItAfterwards() {
        repairs.start("n1", "n2", "n3", "n4");
        grid.block(1, 2, "n2", "n3");
        grid.block(2, 2, "n2", "n3");
        read("n2", 1, 8);
        read("n3", 1, 7);
        read("n3", 2, 5);
        await().until(() -> grid.near(1).size() == 1);
        String further = grid.near(1).iterator().next();
        assertThat(further).isIn("n1", "n4");
        assertThat(isKept(further, 1)).isTrue();
        assertThat(hotBlocks()).isEqualTo(1);
        assertThat(grid.near(2)).isEmpty();
        assertThat(grid.holders(1)).as("it does not count").containsExactly("n2", "n3");
        assertThat(repairs.total(RepairStatus::surplusReplicas)).isZero();
        await().during(Duration.ofMillis(700)).until(() -> grid.near(1).equals(Set.of(further)));

        readNoMore();
        await().until(() -> grid.near(1).isEmpty() && !isKept(further, 1));
        assertThat(grid.holders(1)).containsExactly("n2", "n3");
        assertThat(hotBlocks()).isZero();
        assertThat(repairs.each().mapToLong(Repair::hotCopies).sum()).isEqualTo(1);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isZero();
    }

    /** And none is given up for having taken its part of the reads. */
    @Test
    void gainsAsManyAsItIsReadMoreAndNoMoreThanThereMayBe() {
        repairs.start("n1", "n2", "n3", "n4", "n5");
        grid.block(1, 1, "n3");
        read("n3", 1, 1000);
        await().until(() -> grid.near(1).size() == 2);
        Set<String> further = grid.near(1);
        assertThat(further).doesNotContain("n3");

        readNoMore();
        read("n3", 1, 5);
        further.forEach(node -> read(node, 1, 5));
        await().during(Duration.ofSeconds(2)).until(() -> grid.near(1).equals(further));
        assertThat(grid.holders(1)).containsExactly("n3");
    }

    @Test
    void gainsOneInAZoneThatHasNone() {
        List<FakeGrid.Node> nodes = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            nodes.add(grid.add("n" + i, i == 5 ? "other" : "z"));
        }
        nodes.forEach(repairs::start);
        for (int id = 1; id <= 4; id++) {
            grid.block(id, 1, "n1");
            read("n1", id, 15);
        }
        for (int id = 1; id <= 4; id++) {
            int block = id;
            await().until(() -> grid.near(block).equals(Set.of("n5")));
        }
    }

    @Test
    void neverCountsOneForTheBlock() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n2");
        read("n1", 1, 50);
        await().until(() -> grid.near(1).equals(Set.of("n3")));
        repairs.kill("n2", false);
        await().until(() -> grid.holders(1).equals(Set.of("n1", "n3")));
        assertThat(repairs.node("n3").blocks.find(new BlockId(1))).isPresent();
        await("what is here anyway takes no reads from others")
                .until(() -> grid.near(1).isEmpty());
        assertThat(grid.fewestHolders).as("none was given up for it").isGreaterThan(0);
    }

    @Test
    void losesOneWithItsNodeAndNothingIsRepairedForIt() {
        repairs.start("n1", "n2", "n3", "n4");
        grid.block(1, 2, "n1", "n2");
        read("n1", 1, 15);
        await().until(() -> grid.near(1).size() == 1);
        String first = grid.near(1).iterator().next();
        String second = first.equals("n3") ? "n4" : "n3";
        repairs.node(first).draining = true;
        await().until(() -> grid.near(1).equals(Set.of(second)) && repairs.left(first) == 0);
        await().until(() -> !isKept(first, 1));
        repairs.node(first).draining = false;
        repairs.kill(second, false);
        await().until(() -> grid.near(1).equals(Set.of(first)));
        assertThat(grid.holders(1)).containsExactly("n1", "n2");
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isZero();
        assertThat(repairs.total(RepairStatus::underReplicatedBlocks)).isZero();
    }

    /** It is one with what somebody asks for, and stays for that. */
    @Test
    void staysWhereItIsPinnedMeanwhile() {
        repairs.start("n1", "n2");
        grid.block(1, 1, "n1");
        read("n1", 1, 50);
        await().until(() -> grid.near(1).equals(Set.of("n2")));
        grid.records.computeIfPresent(new BlockId(1), (id, block) -> block.asked(1, new Keeping(1, Medium.MEM)));
        readNoMore();
        await().until(() -> hotBlocks() == 0);
        await().during(Duration.ofMillis(500)).until(() -> grid.near(1).equals(Set.of("n2")));
        grid.records.computeIfPresent(new BlockId(1), (id, block) -> block.asked(1, Keeping.NONE));
        await().until(() -> grid.near(1).isEmpty() && !isKept("n2", 1));
    }

    @Test
    void leavesHalfOfTheRoomToPins() {
        repairs.start("n1", "n2");
        repairs.node("n2").kept.most = 4;
        for (int id = 1; id <= 8; id++) {
            grid.block(id, 1, "n1");
            read("n1", id, 50);
        }
        await().until(() -> repairs.node("n2").kept.all().size() == 2);
        await().during(Duration.ofMillis(500))
                .until(() -> repairs.node("n2").kept.all().size() == 2);
    }

    /** Their nodes are heard of before long, by the new keeper as well. */
    @Test
    void keepsItWhereItsKeeperIsLost() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 1, "n1"); // whose keeper is n2
        read("n1", 1, 15);
        await().until(() -> grid.near(1).size() == 1);
        String near = grid.near(1).iterator().next();
        repairs.start("n0"); // and now it is n1
        await().during(Duration.ofMillis(700)).until(() -> grid.near(1).equals(Set.of(near)));
        assertThat(isKept(near, 1)).isTrue();
    }
}

package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How blocks move to other nodes: from those that are drained, to those that join, and to where there is more room. */
class MovingTest {
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

    @Test
    void drainsANodeUntilItIsEmpty() {
        repairs.start("n1", "n2", "n3");
        repairs.fill();
        await().until(repairs::isQuiet);
        FakeGrid.Node leaving = repairs.node("n3");
        leaving.draining = true;
        await().until(() -> repairs.left("n3") == 0 && leaving.blocks.blocks() == 0);
        for (int id = 1; id <= Repairs.BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).containsExactly("n1", "n2");
        }
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isEqualTo(20);
        assertThat(grid.fewestHolders).isEqualTo(2);

        // Asked back, it is a node like the others.
        leaving.draining = false;
        grid.down("n2", false);
        await().until(() -> grid.holders(1).equals(Set.of("n1", "n3")));
    }

    @Test
    void isNotDrainedWhileABlockThatIsWrittenThereIsNotSealedInTheMetadata() {
        repairs.start("n1", "n2", "n3");
        BlockRecord sealed = FakeGrid.record(1, 2, List.of(new Replica("n3", 1), new Replica("n2", 1)));
        BlockRecord open = new BlockRecord(
                sealed.id(), sealed.fileId(), 0, 0, 1, 0, BlockState.OPEN, 2, sealed.placementKey(), sealed.holders());
        // The node has ended its file, and the rest of the chain has not.
        grid.records.put(open.id(), open);
        repairs.node("n3").blocks.put(sealed);
        repairs.node("n2").blocks.put(sealed);
        repairs.node("n3").draining = true;
        await().until(() -> repairs.left("n3") >= 0);
        await().during(Duration.ofMillis(300)).until(() -> repairs.left("n3") == 1);
        assertThat(grid.records).as("it is its writer's").containsEntry(open.id(), open);

        grid.records.put(sealed.id(), sealed);
        await().until(() -> repairs.left("n3") == 0 && grid.holders(1).equals(Set.of("n1", "n2")));
    }

    @Test
    void isDrainedWhereOnlyNearCopiesAreLeftOfIt() {
        repairs.start("n1", "n2", "n3");
        BlockRecord block = grid.block(1, 2, "n1", "n2");
        grid.records.put(
                block.id(),
                block.heldBy(List.of(new Replica("n1", 1), new Replica("n2", 1), Replica.near("n3", 1, Medium.MEM))));
        repairs.node("n3").draining = true;
        await().until(() -> repairs.left("n3") == 0);
    }

    @Test
    void drainsANodeWhereTooFewAreLeftForTheNumberOfCopies() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 3, "n1", "n2", "n3");
        grid.block(2, 2, "n1", "n2");
        repairs.node("n3").draining = true;
        await().until(() -> repairs.left("n3") == 0);
        assertThat(grid.holders(1)).containsExactly("n1", "n2");
        await().until(() -> repairs.total(RepairStatus::underReplicatedBlocks) == 1);
    }

    @Test
    void drainsNothingAwayWhileAnotherNodeIsWaitedFor() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n3");
        repairs.kill("n2", true);
        repairs.node("n3").draining = true;
        await().during(Duration.ofMillis(500)).until(() -> grid.holders(1).equals(Set.of("n1", "n3")));
        assertThat(repairs.left("n3")).isEqualTo(1);
    }

    @Test
    void spreadsBlocksOverANodeThatJoins() {
        grid.telling = true;
        repairs.start("n1", "n2", "n3");
        repairs.fill(90);
        await().until(repairs::isQuiet);
        long before = repairs.total(RepairStatus::copiedBlocks);
        repairs.start("n4");
        await().untilAsserted(() -> {
            assertThat(repairs.isEven(30, 57)).as(repairs.counts()).isTrue();
            assertThat(repairs.isQuiet()).as(repairs.counts()).isTrue();
        });
        assertThat(grid.fewestHolders).isEqualTo(2);
        // And then it is over.
        await().during(Duration.ofMillis(300))
                .until(() -> repairs.isQuiet() && repairs.total(RepairStatus::movingBlocks) == 0);
        repairs.checkCopies(90);
        long copied = repairs.total(RepairStatus::copiedBlocks);
        await().during(Duration.ofMillis(500))
                .until(() -> repairs.total(RepairStatus::copiedBlocks) == copied
                        && repairs.total(RepairStatus::movingBlocks) == 0);
        assertThat(copied - before).isBetween(30L, 75L);
    }

    @Test
    void ordersAgainWhatANodeWasToldBeforeItListened() {
        grid.telling = true;
        repairs.start("n1", "n2", "n3");
        repairs.fill(90);
        await().until(repairs::isQuiet);
        FakeGrid.Node late = grid.add("n4", "z");
        await().during(Duration.ofMillis(500))
                .until(() -> repairs.each().allMatch(repair -> repair.local().movingBlocks() > 0));
        repairs.start(late);
        await().until(() ->
                repairs.isEven(30, 57) && repairs.isQuiet() && repairs.total(RepairStatus::movingBlocks) == 0);
        repairs.checkCopies(90);
    }

    @Test
    void movesNothingWhileANodeIsWaitedFor() {
        grid.telling = true;
        repairs.start("n1", "n2", "n3", "n4");
        for (int id = 1; id <= Repairs.BLOCKS; id++) {
            grid.block(id, 2, "n1", "n2");
        }
        grid.waitedFor.add("n9");
        await().during(Duration.ofMillis(500)).until(() -> repairs.total(RepairStatus::movingBlocks) == 0);
        grid.waitedFor.clear();
        await().until(() -> repairs.node("n3").blocks.blocks() > 5
                && repairs.node("n4").blocks.blocks() > 5);
    }

    @Test
    void evensOutWhatUnevenGrowthLeft() {
        grid.telling = true;
        repairs.start("n1", "n2", "n3");
        grid.nodes.values().forEach(node -> node.capacityBytes = 100 * FakeGrid.BLOCK_BYTES);
        List<Long> ids = LongStream.rangeClosed(1, 1000)
                .filter(id -> placedOn(id).equals("n1"))
                .limit(60)
                .boxed()
                .toList();
        ids.forEach(id -> grid.block(id, 1, "n1"));
        await().during(Duration.ofMillis(500))
                .until(() -> repairs.node("n1").blocks.blocks() == 60);

        grid.balance = 1;
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        repairs.each().allMatch(repair -> repair.load().walked().balance() == 1)
                                && repairs.total(RepairStatus::movingBlocks) == 0
                                && repairs.isQuiet()
                                && repairs.isEven(15, 25));
        grid.balance = 0;
        // What was on its way when it was ended may still arrive, and is counted then; after that nothing moves.
        long[] copied = {-1};
        await().during(Duration.ofMillis(500)).until(() -> {
            long before = copied[0];
            copied[0] = repairs.total(RepairStatus::copiedBlocks);
            return copied[0] == before;
        });
        assertThat(repairs.isEven(15, 25)).isTrue();
        assertThat(ids).allSatisfy(id -> assertThat(grid.holders(id)).hasSize(1));
    }

    private String placedOn(long id) {
        BlockRecord block = FakeGrid.record(id, 1, List.of());
        return repairs.node("n1")
                .seams()
                .placement()
                .order(block.placementKey())
                .get(0)
                .name();
    }
}

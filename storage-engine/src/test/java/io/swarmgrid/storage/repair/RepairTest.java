package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.NodeLoad;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several repairs on one grid in memory. */
class RepairTest {
    private static final int BLOCKS = 30;

    @TempDir
    private Path directory;

    private FakeGrid grid;
    private final Map<String, Repair> repairs = new TreeMap<>();

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
    }

    @AfterEach
    void stop() {
        repairs.values().forEach(Repair::close);
    }

    @Test
    void makesGoodWhatALostNodeHeldOnceItIsGone() {
        start("n1", "n2", "n3");
        fill();
        await().until(this::isQuiet);

        FakeGrid.Node lost = kill("n3", true);
        // Waited for: counted, but nothing is copied.
        await().until(() -> total(RepairStatus::underReplicatedBlocks) == 20);
        assertThat(total(RepairStatus::pendingBytes)).isEqualTo(20 * FakeGrid.BLOCK_BYTES);
        assertThat(total(RepairStatus::copiedBlocks)).isZero();

        grid.waitedFor.remove("n3");
        await().until(() -> total(RepairStatus::underReplicatedBlocks) == 0);
        await().until(this::isQuiet);
        assertThat(total(RepairStatus::copiedBlocks)).isEqualTo(20);
        assertThat(total(RepairStatus::copiedBytes)).isEqualTo(20 * FakeGrid.BLOCK_BYTES);
        for (int id = 1; id <= BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).containsExactly("n1", "n2");
        }

        // It comes back with copies that nobody names any more: they go, but not before their grace is over.
        grid.back(lost);
        start(lost);
        await().during(Duration.ofMillis(300)).until(() -> lost.blocks.blocks() == 20);
        assertThat(total(RepairStatus::underReplicatedBlocks)).isZero();
    }

    @Test
    void needsNoCopyWhereTheNodeComesBackInTime() {
        start("n1", "n2", "n3");
        fill();
        FakeGrid.Node lost = kill("n3", true);
        await().until(() -> total(RepairStatus::underReplicatedBlocks) == 20);
        grid.back(lost);
        start(lost);
        await().until(() -> total(RepairStatus::underReplicatedBlocks) == 0);
        assertThat(total(RepairStatus::copiedBlocks)).isZero();
    }

    @Test
    void givesUpSurplusCopiesAndDeletesThem() {
        start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n2", "n3");
        await().until(() -> grid.holders(1).size() == 2);
        Set<String> holders = grid.holders(1);
        await().until(() -> grid.nodes.values().stream()
                .allMatch(node -> node.blocks.blocks() == (holders.contains(node.name) ? 1 : 0)));
        await().until(() -> total(RepairStatus::surplusReplicas) == 0);
    }

    @Test
    void passesOverADamagedCopyAndGivesItUp() {
        start("n1", "n2", "n3", "n4");
        grid.block(8, 3, "n1", "n2");
        grid.damaged.add("n1/8");
        await().until(() -> grid.holders(8).size() == 3 && !grid.holders(8).contains("n1"));
        assertThat(node("n1").blocks.blocks()).isEqualTo(1);
    }

    @Test
    void keepsTheLastCopyHoweverBad() {
        start("n1", "n2");
        grid.block(4, 2, "n1");
        grid.damaged.add("n1/4");
        await().during(Duration.ofMillis(400)).until(() -> grid.holders(4).equals(Set.of("n1")));
        assertThat(total(RepairStatus::underReplicatedBlocks)).isEqualTo(1);
    }

    @Test
    void noticesThatANodeCameBackWithoutItsBlocks() {
        start("n1", "n2", "n3");
        fill();
        await().until(this::isQuiet);
        FakeGrid.Node wiped = kill("n3", true);
        await().until(() -> total(RepairStatus::underReplicatedBlocks) == 20);
        wiped.blocks.list().forEach(block -> wiped.blocks.delete(block.id(), block.epoch()));
        grid.back(wiped);
        start(wiped);
        await().until(() -> total(RepairStatus::copiedBlocks) == 20);
        await().until(this::isQuiet);
        for (int id = 1; id <= BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).hasSize(2);
            for (String holder : grid.holders(id)) {
                assertThat(node(holder).blocks.find(new BlockId(id))).isPresent();
            }
        }
    }

    @Test
    void takesBackWhatIsRemovedFromEveryHolder() {
        start("n1", "n2");
        grid.block(1, 2, "n1", "n2");
        grid.block(2, 2, "n1", "n2");
        grid.doomed.add(new BlockId(2));
        await().until(() -> grid.records.size() == 1);
        await().until(() -> grid.nodes.values().stream().allMatch(node -> node.blocks.blocks() == 1));
    }

    @Test
    void deletesOldOrphansAndOnlyThose() throws Exception {
        FakeGrid.Node node = grid.add("n1", "z");
        node.blocks.put(FakeGrid.record(1, 1, List.of()));
        node.blocks.put(FakeGrid.record(2, 1, List.of()));
        grid.block(3, 1, "n1");
        Instant longAgo = Instant.now().minus(Duration.ofHours(2));
        for (long id : List.of(1L, 3L)) {
            Path file = node.blocks.find(new BlockId(id)).orElseThrow().path();
            Files.setLastModifiedTime(file, FileTime.from(longAgo));
        }
        start(node);
        await().until(() -> node.blocks.blocks() == 2);
        await().during(Duration.ofMillis(300)).until(() -> node.blocks.blocks() == 2);
        assertThat(node.blocks.list()).extracting(block -> block.id().value()).containsExactlyInAnyOrder(2L, 3L);
    }

    @Test
    void copiesNothingButWhatWasWrittenWhileANodeIsWaitedFor() {
        start("n1", "n2", "n3");
        fill();
        await().until(this::isQuiet);
        FakeGrid.Node lost = kill("n3", true);
        grid.block(100, 2, "n1");
        await().until(() -> grid.holders(100).equals(Set.of("n1", "n2")));
        grid.back(lost);
        start(lost);
        await().until(this::isQuiet);
        assertThat(total(RepairStatus::copiedBlocks)).isEqualTo(1);
        assertThat(total(RepairStatus::copiedBytes)).isEqualTo(FakeGrid.BLOCK_BYTES);
    }

    @Test
    void drainsANodeUntilItIsEmpty() {
        start("n1", "n2", "n3");
        fill();
        await().until(this::isQuiet);
        FakeGrid.Node leaving = node("n3");
        leaving.draining = true;
        await().until(() -> left("n3") == 0 && leaving.blocks.blocks() == 0);
        for (int id = 1; id <= BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).containsExactly("n1", "n2");
        }
        assertThat(total(RepairStatus::copiedBlocks)).isEqualTo(20);
        assertThat(grid.fewestHolders).isEqualTo(2);

        // Asked back, it is a node like the others.
        leaving.draining = false;
        grid.down("n2", false);
        await().until(() -> grid.holders(1).equals(Set.of("n1", "n3")));
    }

    @Test
    void drainsANodeWhereTooFewAreLeftForTheNumberOfCopies() {
        start("n1", "n2", "n3");
        grid.block(1, 3, "n1", "n2", "n3");
        grid.block(2, 2, "n1", "n2");
        node("n3").draining = true;
        await().until(() -> left("n3") == 0);
        assertThat(grid.holders(1)).containsExactly("n1", "n2");
        await().until(() -> total(RepairStatus::underReplicatedBlocks) == 1);
    }

    @Test
    void drainsNothingAwayWhileAnotherNodeIsWaitedFor() {
        start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n3");
        kill("n2", true);
        node("n3").draining = true;
        await().during(Duration.ofMillis(500)).until(() -> grid.holders(1).equals(Set.of("n1", "n3")));
        assertThat(left("n3")).isEqualTo(1);
    }

    @Test
    void spreadsBlocksOverANodeThatJoins() {
        grid.telling = true;
        start("n1", "n2", "n3");
        fill(90);
        await().until(this::isQuiet);
        long before = total(RepairStatus::copiedBlocks);
        start("n4");
        await().untilAsserted(() -> {
            assertThat(isEven(30, 57)).as(counts()).isTrue();
            assertThat(isQuiet()).as(counts()).isTrue();
        });
        assertThat(grid.fewestHolders).isEqualTo(2);
        // And then it is over.
        await().during(Duration.ofMillis(300)).until(() -> isQuiet() && total(RepairStatus::movingBlocks) == 0);
        checkCopies(90);
        long copied = total(RepairStatus::copiedBlocks);
        await().during(Duration.ofMillis(500))
                .until(() -> total(RepairStatus::copiedBlocks) == copied && total(RepairStatus::movingBlocks) == 0);
        assertThat(copied - before).isBetween(30L, 75L);
    }

    @Test
    void ordersAgainWhatANodeWasToldBeforeItListened() {
        grid.telling = true;
        start("n1", "n2", "n3");
        fill(90);
        await().until(this::isQuiet);
        FakeGrid.Node late = grid.add("n4", "z");
        await().during(Duration.ofMillis(500)).until(() -> repairs.values().stream()
                .allMatch(repair -> repair.local().movingBlocks() > 0));
        start(late);
        await().until(() -> isEven(30, 57) && isQuiet() && total(RepairStatus::movingBlocks) == 0);
        checkCopies(90);
    }

    @Test
    void movesNothingWhileANodeIsWaitedFor() {
        grid.telling = true;
        start("n1", "n2", "n3", "n4");
        for (int id = 1; id <= BLOCKS; id++) {
            grid.block(id, 2, "n1", "n2");
        }
        grid.waitedFor.add("n9");
        await().during(Duration.ofMillis(500)).until(() -> total(RepairStatus::movingBlocks) == 0);
        grid.waitedFor.clear();
        await().until(() -> node("n3").blocks.blocks() > 5 && node("n4").blocks.blocks() > 5);
    }

    @Test
    void evensOutWhatUnevenGrowthLeft() {
        grid.telling = true;
        start("n1", "n2", "n3");
        grid.nodes.values().forEach(node -> node.capacityBytes = 100 * FakeGrid.BLOCK_BYTES);
        List<Long> ids = LongStream.rangeClosed(1, 1000)
                .filter(id -> placedOn(id).equals("n1"))
                .limit(60)
                .boxed()
                .toList();
        ids.forEach(id -> grid.block(id, 1, "n1"));
        await().during(Duration.ofMillis(500)).until(() -> node("n1").blocks.blocks() == 60);

        grid.balance = 1;
        await().atMost(Duration.ofSeconds(30))
                .until(() -> repairs.values().stream()
                                .allMatch(repair -> repair.load().walked().balance() == 1)
                        && total(RepairStatus::movingBlocks) == 0
                        && isQuiet()
                        && isEven(15, 25));
        grid.balance = 0;
        // What was on its way when it was ended may still arrive, and is counted then; after that nothing moves.
        long[] copied = {-1};
        await().during(Duration.ofMillis(500)).until(() -> {
            long before = copied[0];
            copied[0] = total(RepairStatus::copiedBlocks);
            return copied[0] == before;
        });
        assertThat(isEven(15, 25)).isTrue();
        assertThat(ids).allSatisfy(id -> assertThat(grid.holders(id)).hasSize(1));
    }

    @Test
    void followsTheNumberOfCopiesUpAndDown() {
        start("n1", "n2", "n3");
        BlockRecord block = grid.block(1, 2, "n1", "n2");
        grid.replicate(block.id(), 3);
        await().until(() -> grid.holders(1).size() == 3);
        grid.replicate(block.id(), 1);
        await().until(() -> grid.holders(1).size() == 1);
        String last = grid.holders(1).iterator().next();
        await().until(() -> grid.nodes.values().stream()
                .allMatch(node -> node.blocks.blocks() == (node.name.equals(last) ? 1 : 0)));
    }

    private String placedOn(long id) {
        BlockRecord block = FakeGrid.record(id, 1, List.of());
        return node("n1").seams().placement().order(block.placementKey()).get(0).name();
    }

    private String counts() {
        return grid.nodes.values().stream()
                .map(node -> node.name + "=" + node.blocks.blocks())
                .toList()
                .toString();
    }

    private boolean isEven(int fewest, int most) {
        return grid.nodes.values().stream()
                .allMatch(node -> node.blocks.blocks() >= fewest && node.blocks.blocks() <= most);
    }

    private void checkCopies(int blocks) {
        for (int id = 1; id <= blocks; id++) {
            assertThat(grid.holders(id)).as("block %s", id).hasSize(2);
            for (String holder : grid.holders(id)) {
                assertThat(node(holder).blocks.find(new BlockId(id)))
                        .as("block %s on %s", id, holder)
                        .isPresent();
            }
        }
    }

    /** Copies that keepers saw on a draining node; -1 while not all of them have looked. */
    private long left(String name) {
        long blocks = 0;
        for (Repair repair : repairs.values()) {
            List<NodeLoad.Leaving> seen = repair.load().walked().leaving().stream()
                    .filter(each -> each.node().equals(name))
                    .toList();
            if (seen.isEmpty()) {
                return -1;
            }
            blocks += seen.get(0).blocks();
        }
        return blocks;
    }

    private void fill() {
        fill(BLOCKS);
    }

    private void fill(int blocks) {
        List<List<String>> pairs = List.of(List.of("n1", "n2"), List.of("n2", "n3"), List.of("n3", "n1"));
        for (int id = 1; id <= blocks; id++) {
            grid.block(id, 2, pairs.get(id % 3).toArray(String[]::new));
        }
    }

    private void start(String... names) {
        List<FakeGrid.Node> nodes = new ArrayList<>();
        for (String name : names) {
            nodes.add(grid.add(name, "z"));
        }
        nodes.forEach(this::start);
    }

    private void start(FakeGrid.Node node) {
        SwarmConfig config = SwarmConfig.defaults().with(Map.of("repair.interval", "100ms", "node.name", node.name));
        Repair repair = new Repair(config, node.seams());
        repairs.put(node.name, repair);
        repair.start();
    }

    private FakeGrid.Node kill(String name, boolean waitedFor) {
        FakeGrid.Node node = node(name);
        grid.down(name, waitedFor);
        Repair repair = repairs.remove(name);
        if (repair != null) {
            repair.close();
        }
        return node;
    }

    private FakeGrid.Node node(String name) {
        return Objects.requireNonNull(grid.nodes.get(name));
    }

    private long total(ToLongFunction<RepairStatus> part) {
        return repairs.values().stream().map(Repair::local).mapToLong(part).sum();
    }

    /** Whether every node has walked under the present state of the grid, and found nothing to do. */
    private boolean isQuiet() {
        return repairs.values().stream()
                        .allMatch(repair -> repair.load().walked().version() == grid.version.get())
                && total(RepairStatus::underReplicatedBlocks) == 0
                && total(RepairStatus::surplusReplicas) == 0;
    }
}

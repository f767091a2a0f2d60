package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockId;
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

    private void fill() {
        List<List<String>> pairs = List.of(List.of("n1", "n2"), List.of("n2", "n3"), List.of("n3", "n1"));
        for (int id = 1; id <= BLOCKS; id++) {
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
        return repairs.values().stream().allMatch(repair -> repair.load().walkedVersion() == grid.version.get())
                && total(RepairStatus::underReplicatedBlocks) == 0
                && total(RepairStatus::surplusReplicas) == 0;
    }
}

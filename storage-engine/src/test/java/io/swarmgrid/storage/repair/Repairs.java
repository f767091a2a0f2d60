package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.NodeLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** A repair for each node of a grid in memory. */
final class Repairs implements AutoCloseable {
    static final int BLOCKS = 30;

    private final FakeGrid grid;
    private final Map<String, Repair> repairs = new TreeMap<>();

    Repairs(FakeGrid grid) {
        this.grid = grid;
    }

    @Override
    public void close() {
        repairs.values().forEach(Repair::close);
    }

    Stream<Repair> each() {
        return repairs.values().stream();
    }

    void start(String... names) {
        List<FakeGrid.Node> nodes = new ArrayList<>();
        for (String name : names) {
            nodes.add(grid.add(name, "z"));
        }
        nodes.forEach(this::start);
    }

    void start(FakeGrid.Node node) {
        // The check at rest would find what is damaged before repair does.
        SwarmConfig config = SwarmConfig.defaults()
                .with(Map.of(
                        "repair.interval", "100ms",
                        "node.name", node.name,
                        "storage.scrub.rate", "0B",
                        "storage.cache.hot-linger", "1s"));
        Repair repair = new Repair(config, node.seams());
        repairs.put(node.name, repair);
        repair.start();
    }

    FakeGrid.Node kill(String name, boolean waitedFor) {
        FakeGrid.Node node = node(name);
        grid.down(name, waitedFor);
        Repair repair = repairs.remove(name);
        if (repair != null) {
            repair.close();
        }
        return node;
    }

    FakeGrid.Node node(String name) {
        return Objects.requireNonNull(grid.nodes.get(name));
    }

    void fill() {
        fill(BLOCKS);
    }

    void fill(int blocks) {
        List<List<String>> pairs = List.of(List.of("n1", "n2"), List.of("n2", "n3"), List.of("n3", "n1"));
        for (int id = 1; id <= blocks; id++) {
            grid.block(id, 2, pairs.get(id % 3).toArray(String[]::new));
        }
    }

    long total(ToLongFunction<RepairStatus> part) {
        return repairs.values().stream().map(Repair::local).mapToLong(part).sum();
    }

    /** Whether every node has walked under the present state of the grid, and found nothing to do. */
    boolean isQuiet() {
        return repairs.values().stream()
                        .allMatch(repair -> repair.load().walked().version() == grid.version.get())
                && total(RepairStatus::underReplicatedBlocks) == 0
                && total(RepairStatus::surplusReplicas) == 0;
    }

    /** Copies that keepers saw on a draining node; -1 while not all of them have looked. */
    long left(String name) {
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

    String counts() {
        return grid.nodes.values().stream()
                .map(node -> node.name + "=" + node.blocks.blocks())
                .toList()
                .toString();
    }

    boolean isEven(int fewest, int most) {
        return grid.nodes.values().stream()
                .allMatch(node -> node.blocks.blocks() >= fewest && node.blocks.blocks() <= most);
    }

    void checkCopies(int blocks) {
        for (int id = 1; id <= blocks; id++) {
            assertThat(grid.holders(id)).as("block %s", id).hasSize(2);
            for (String holder : grid.holders(id)) {
                assertThat(node(holder).blocks.find(new BlockId(id)))
                        .as("block %s on %s", id, holder)
                        .isPresent();
            }
        }
    }
}

package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.cache.Demand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node tells keepers what it gives most of: of blocks with even numbers n1, of the others n2. */
class HotspotsTest {
    @TempDir
    private Path directory;

    private FakeGrid grid;
    private FakeGrid.Node node;
    private Hotspots hotspots;
    private final Map<String, List<Demand.Rate>> told = new TreeMap<>();

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
        for (String name : List.of("n1", "n2")) {
            grid.add(name, "z").receive(Repair.TOPIC, (from, message) -> {
                RepairMessage.Hot hot = (RepairMessage.Hot) RepairMessage.decode(message);
                told.computeIfAbsent(name, keeper -> new ArrayList<>()).addAll(hot.rates());
            });
        }
        node = Objects.requireNonNull(grid.nodes.get("n2"));
        hotspots = new Hotspots(node.seams(), SwarmConfig.defaults().storage().cache());
    }

    private void read(long id, int times) {
        for (int i = 0; i < times; i++) {
            node.demand.gave(100 + id, new BlockId(id), FakeGrid.BLOCK_BYTES, FakeGrid.BLOCK_BYTES);
        }
    }

    @Test
    void tellsEachKeeperOfItsBlocks() {
        read(1, 100);
        read(2, 200);
        read(4, 300);
        read(5, 6);
        hotspots.tell();
        assertThat(told)
                .isEqualTo(Map.of(
                        "n2",
                        List.of(new Demand.Rate(101, new BlockId(1), 10)),
                        "n1",
                        List.of(new Demand.Rate(104, new BlockId(4), 30), new Demand.Rate(102, new BlockId(2), 20))));
    }

    @Test
    void isSilentOnceNothingIsReadAnyMore() {
        read(1, 100);
        grid.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        hotspots.tell();
        assertThat(told).isEmpty();
    }

    @Test
    void tellsOfSoManyAtMost() {
        for (int id = 1; id <= 1000; id++) {
            read(id, id <= Hotspots.MAX_TOLD ? 20 : 10);
        }
        hotspots.tell();
        assertThat(told.values().stream().flatMap(List::stream).map(each -> each.block()
                        .value()))
                .hasSize(Hotspots.MAX_TOLD)
                .allMatch(id -> id <= Hotspots.MAX_TOLD);
    }
}

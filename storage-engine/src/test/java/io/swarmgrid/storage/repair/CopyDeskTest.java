package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.membership.PaceTime;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node makes the copies that it is told to make, and no faster than it may. */
class CopyDeskTest {
    private static final int COUNT = 4;

    @TempDir
    private Path directory;

    private FakeGrid grid;
    private FakeGrid.Node node;

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
        grid.add("n1", "z");
        node = grid.add("n2", "z");
    }

    @Test
    void beginsACopyWhenThoseBeforeItHaveBeenPaidForInTime() throws Exception {
        HandTime repairs = new HandTime();
        HandTime spreading = new HandTime();
        CopyDesk desk = new CopyDesk(
                node.seams(),
                new Copies(),
                new Witnesses(node.seams().nodes(), node.seams().peers()),
                new CopyPace(Optional.of(DataSize.ofBytes(FakeGrid.BLOCK_BYTES)), repairs),
                new CopyPace(Optional.of(DataSize.ofBytes(FakeGrid.BLOCK_BYTES / 10)), spreading),
                new CopyDesk.Near(new NearDesk(node.seams(), new Copies()), new CopyPace(Optional.empty(), repairs)),
                new CopyMeter(repairs::nanos));
        List<BlockRecord> blocks = blocks();
        for (int i = 0; i < COUNT; i++) {
            desk.take("n1", blocks.get(i), i % 2 == 0 ? Urgency.LACKING : Urgency.LEAVING);
            desk.take("n1", blocks.get(COUNT + i), Urgency.SPREAD);
        }
        for (int i = 0; i < COUNT; i++) {
            desk.repairOne();
            desk.spreadOne();
        }
        assertThat(node.blocks.blocks()).isEqualTo(2 * COUNT);
        assertThat(repairs.passedNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(COUNT - 1));
        assertThat(spreading.passedNanos()).isEqualTo(TimeUnit.SECONDS.toNanos((COUNT - 1) * 10));
    }

    @Test
    void isGivenTheRatesOfTheConfiguration() {
        SwarmConfig config = SwarmConfig.defaults()
                .with(Map.of(
                        "repair.rate-limit", "64KiB",
                        "repair.spread-rate", "128KiB",
                        "storage.scrub.rate", "0B",
                        "node.name", "n2",
                        "node.data", directory.toString()));
        Queue<Long> waits = new ConcurrentLinkedQueue<>();
        PaceTime standing = new PaceTime() {
            @Override
            public long nanos() {
                return 0;
            }

            @Override
            public void pass(long nanos) {
                waits.add(nanos);
            }
        };
        try (Repair repair = new Repair(config, node.seams(), standing)) {
            repair.start();
            for (BlockRecord block : blocks()) {
                order(block, block.id().value() % 2 == 0 ? Urgency.LACKING : Urgency.SPREAD);
            }
            // The first of each row waits for nothing.
            await().until(() -> waits.size() == 2 * (COUNT - 1));
            long repairNanos = TimeUnit.SECONDS.toNanos(FakeGrid.BLOCK_BYTES) / (64 << 10);
            long spreadNanos = TimeUnit.SECONDS.toNanos(FakeGrid.BLOCK_BYTES) / (128 << 10);
            assertThat(waits)
                    .containsExactlyInAnyOrder(
                            repairNanos,
                            2 * repairNanos,
                            3 * repairNanos,
                            spreadNanos,
                            2 * spreadNanos,
                            3 * spreadNanos);
        }
    }

    private void order(BlockRecord block, Urgency urgency) {
        node.send("n2", Repair.TOPIC, new RepairMessage.Order(block, urgency).encode());
    }

    private List<BlockRecord> blocks() {
        List<BlockRecord> blocks = new ArrayList<>();
        for (int id = 1; id <= 2 * COUNT; id++) {
            blocks.add(grid.block(id, 1, "n1"));
        }
        return blocks;
    }
}

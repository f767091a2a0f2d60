package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.namespace.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In demand over ten reads a second and for a minute afterwards, with three more copies at most. */
class HotBlocksTest {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private long nanos = 1;
    private final HotBlocks hot = hot("10");

    private HotBlocks hot(String rate) {
        CacheConfig config = SwarmConfig.defaults()
                .with(Map.of(
                        "storage.cache.hot-rate", rate,
                        "storage.cache.hot-copies", "3",
                        "storage.cache.hot-linger", "1m"))
                .storage()
                .cache();
        HotBlocks blocks = new HotBlocks(config, INTERVAL, () -> nanos);
        blocks.walk(1);
        nanos += INTERVAL.multipliedBy(4).toNanos();
        blocks.walk(1);
        return blocks;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        hot.walk(1);
    }

    private void told(String node, long id, double rate) {
        hot.heard(node, List.of(new Demand.Rate(100 + id, new BlockId(id), rate)));
    }

    private int wanted(long id, String... cached) {
        List<Replica> holders = new ArrayList<>(List.of(new Replica("n1", 1)));
        for (String node : cached) {
            holders.add(Replica.near(node, 1, Medium.MEM));
        }
        return hot.wanted(FakeGrid.record(id, 1, holders));
    }

    @Test
    void addsUpWhatAllNodesGive() {
        told("n1", 1, 6);
        assertThat(wanted(1)).isZero();
        assertThat(hot.count()).isZero();
        told("n2", 1, 6);
        assertThat(wanted(1)).isEqualTo(1);
        assertThat(hot.count()).isEqualTo(1);
        told("n2", 1, 16);
        assertThat(wanted(1)).as("22 reads a second").isEqualTo(2);
        told("n3", 1, 1000);
        assertThat(wanted(1)).as("no more than there may be").isEqualTo(3);
        assertThat(wanted(2)).isZero();
    }

    @Test
    void lingersOnceTheDemandIsOver() {
        told("n1", 1, 25);
        told("n1", 1, 2);
        pass(Duration.ofSeconds(59));
        assertThat(wanted(1)).isEqualTo(2);
        pass(Duration.ofSeconds(1));
        assertThat(wanted(1)).isZero();
        assertThat(hot.count()).isZero();
    }

    @Test
    void countsNoLongerWhatIsNotToldAgain() {
        told("n1", 1, 6);
        pass(INTERVAL.multipliedBy(3).plusSeconds(1));
        told("n2", 1, 6);
        assertThat(wanted(1)).as("never twelve at a time").isZero();
        told("n1", 1, 6);
        assertThat(wanted(1)).isEqualTo(1);
        pass(INTERVAL.multipliedBy(3).plusMinutes(1));
        assertThat(wanted(1)).as("its nodes are gone").isZero();
    }

    /** He has not been told yet. */
    @Test
    void leavesACopyWhereItIsForAMomentWhereItsKeeperIsNew() {
        assertThat(wanted(1, "n2", "n3")).isZero();
        hot.walk(2);
        assertThat(wanted(1, "n2", "n3")).isEqualTo(2);
        assertThat(wanted(1, "n2", "n3", "n4", "n5")).isEqualTo(3);
        nanos += INTERVAL.multipliedBy(3).toNanos();
        hot.walk(2);
        assertThat(wanted(1, "n2", "n3")).isZero();
    }

    @Test
    void knowsOfSoManyAtMostAndOfTheHottest() {
        for (int id = 1; id <= HotBlocks.MAX_BLOCKS; id++) {
            told("n1", id, id <= 10 ? 12 : 2);
        }
        told("n1", 1_000_000, 11);
        assertThat(wanted(1_000_000)).as("the coldest make room").isEqualTo(1);
        for (int round = 1; round <= 5; round++) {
            for (int i = 0; i < HotBlocks.MAX_BLOCKS; i++) {
                told("n1", 1_000_000L * round + i, 11);
            }
            pass(INTERVAL);
        }
        assertThat(hot.count()).isEqualTo(HotBlocks.MAX_BLOCKS);
        assertThat(wanted(1)).as("none in demand makes room for another").isEqualTo(1);
        pass(Duration.ofMinutes(2));
        assertThat(hot.count()).isZero();
    }

    @Test
    void wantsNothingWhereItIsTurnedOff() {
        HotBlocks off = hot("0");
        off.heard("n1", List.of(new Demand.Rate(1, new BlockId(1), 1e9)));
        off.walk(2);
        assertThat(off.wanted(FakeGrid.record(1, 1, List.of(Replica.near("n2", 1, Medium.MEM)))))
                .isZero();
        assertThat(off.count()).isZero();
    }
}

package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.swarmgrid.storage.block.BlockId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static final long BLOCK_BYTES = 64 << 20;

    private long nanos = 1;
    private final Demand demand = Demand.of(Copies.config("50%", 10, 10), () -> nanos);

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private void read(long id, long bytes) {
        demand.gave(100 + id, new BlockId(id), bytes, BLOCK_BYTES);
    }

    private double rate(long id) {
        return demand.hottest(Demand.MAX_BLOCKS, 0).stream()
                .filter(each -> each.block().equals(new BlockId(id)))
                .mapToDouble(Demand.Rate::rate)
                .sum();
    }

    @Test
    void tellsHowOftenABlockIsReadWhateverThePieces() {
        for (int i = 0; i < 6000; i++) { // five a second, in quarters, for a minute
            read(1, BLOCK_BYTES / 4);
            if (i % 2 == 0) {
                read(2, BLOCK_BYTES / 2);
            }
            pass(Duration.ofMillis(50));
        }
        assertThat(rate(1)).isCloseTo(5, within(0.1));
        assertThat(rate(2)).isCloseTo(5, within(0.1));
        assertThat(demand.hottest(1, 1)).hasSize(1).allSatisfy(each -> assertThat(each.fileId())
                .isEqualTo(100 + each.block().value()));
    }

    @Test
    void forgetsWhatIsReadNoMore() {
        for (int i = 0; i < 200; i++) {
            read(1, BLOCK_BYTES);
        }
        assertThat(rate(1)).isCloseTo(20, within(0.1));
        pass(Duration.ofSeconds(10));
        assertThat(rate(1)).isCloseTo(20 / Math.E, within(0.1));
        pass(Duration.ofMinutes(5));
        assertThat(demand.hottest(10, 0.001)).isEmpty();
    }

    @Test
    void countsASmallReadAsWhatItCosts() {
        read(1, 4);
        read(2, Demand.LEAST_BYTES);
        assertThat(rate(1)).isEqualTo(rate(2)).isPositive();
        demand.gave(1, new BlockId(3), 500, 1000);
        assertThat(rate(3)).as("of a block that is smaller than that").isCloseTo(0.1, within(0.001));
    }

    @Test
    void putsTheHottestFirst() {
        for (int id = 1; id <= 5; id++) {
            for (int i = 0; i < id; i++) {
                read(id, BLOCK_BYTES);
            }
        }
        assertThat(ids(demand.hottest(3, 0))).containsExactly(5L, 4L, 3L);
        assertThat(ids(demand.hottest(10, 0.35))).containsExactly(5L, 4L);
    }

    /** And what is read again and again stays. */
    @Test
    void remembersSoManyBlocksAtMostThoughAllAreRead() {
        for (int id = 1; id <= 10 * Demand.MAX_BLOCKS; id++) {
            read(id, BLOCK_BYTES);
            if (id % 50 == 0) {
                read(1, BLOCK_BYTES);
            }
        }
        assertThat(demand.counted()).isLessThanOrEqualTo(Demand.MAX_BLOCKS);
        assertThat(ids(demand.hottest(1, 0))).containsExactly(1L);
    }

    @Test
    void countsNothingWhereNoRateIsTooHigh() {
        Demand off = Demand.of(Copies.config("50%", 10, 0), () -> nanos);
        off.gave(1, new BlockId(1), BLOCK_BYTES, BLOCK_BYTES);
        assertThat(off.hottest(10, 0)).isEmpty();
        assertThat(off.counted()).isZero();
    }

    private static List<Long> ids(List<Demand.Rate> rates) {
        return rates.stream().map(each -> each.block().value()).toList();
    }
}

package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.storage.membership.PaceTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final HandTime time = new HandTime();

    @Test
    void isAtWorkAQuarterOfTheTime() throws InterruptedException {
        Pace pace = new Pace(time);
        for (long took : new long[] {10, 1000, 0}) {
            assertThat(pace.rested(() -> time.now += took)).isEqualTo(time.now - 3 * took);
        }
        assertThat(time.rests).containsExactly(30L, 3000L, 0L);
    }

    private static final class HandTime implements PaceTime {
        private final List<Long> rests = new ArrayList<>();
        private long now;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void pass(long nanos) {
            rests.add(nanos);
            now += nanos;
        }
    }
}

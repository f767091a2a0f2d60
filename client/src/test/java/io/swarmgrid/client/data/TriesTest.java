package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FilePut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriesTest {
    private static final Duration LONG = Duration.ofDays(1);
    private final List<Integer> pauses = new ArrayList<>();

    private int made(Tries tries) {
        int made = 1;
        while (tries.another()) {
            made++;
        }
        return made;
    }

    @Test
    void areBoundedHoweverMuchTimeThereIs() {
        assertThat(made(new Tries(LONG, 0, pauses::add))).isEqualTo(Tries.AT_MOST);
        assertThat(pauses).hasSize(Tries.AT_MOST - 1).isSorted();
    }

    @Test
    void endWithTheTimeButAFewAreMade() {
        assertThat(made(new Tries(Duration.ZERO, 0, pauses::add))).isEqualTo(1);
        assertThat(made(new Tries(Duration.ZERO, 3, pauses::add))).isEqualTo(3);
    }

    /** A put that goes on for hours may lose a node more than once. */
    @Test
    void ofAPutBeginAnewWhereItCameFurther() {
        FilePut put = new FilePut("/a", null, "id", null, null);
        PutAttempts attempts = new PutAttempts(put, new Tries(LONG, 3, pauses::add));
        Broken broken = new Broken(new GridException(ErrorCode.UNAVAILABLE, "lost"));
        for (int outage = 1; outage < 4; outage++) {
            for (int i = 1; i < Tries.AT_MOST; i++) {
                attempts.brokeOff(broken, true, outage * 1000L);
            }
        }
        assertThat(pauses).hasSize(3 * (Tries.AT_MOST - 1));
        assertThatThrownBy(() -> attempts.brokeOff(broken, true, 10))
                .hasMessage("nothing was stored, the put broke off after 10 bytes: lost");
    }
}

package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.storage.log.HeardLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GridClockTest {
    private static final long BEGIN_MS = 1_800_000_000_000L;
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final List<String> THREE = List.of("n1", "n2", "n3");

    /** How far the node's own clock has jumped, and how much time has really passed. */
    private long jumpMs;

    private long passedMs;
    private final GridClock clock = new GridClock("n1", new OwnClock(), () -> TimeUnit.MILLISECONDS.toNanos(passedMs));

    private final class OwnClock extends Clock {
        @Override
        public long millis() {
            return BEGIN_MS + passedMs + jumpMs;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A second passes, and the others say what time they have. */
    private void second(long secondAheadMs, long thirdAheadMs) {
        passedMs += 1000;
        clock.heard("n2", right() + secondAheadMs);
        clock.heard("n3", right() + thirdAheadMs);
        clock.settle(THREE);
    }

    private long right() {
        return BEGIN_MS + passedMs;
    }

    @Test
    void isTheNodesOwnWhereItIsAlone() {
        clock.settle(List.of("n1"));
        jumpMs = HOUR_MS;
        clock.settle(List.of("n1"));

        assertThat(clock.millis()).isEqualTo(right() + HOUR_MS);
    }

    @Test
    void doesNotFollowAJumpOfTheNodesOwnClock() {
        second(3, -4);
        assertThat(clock.millis()).isEqualTo(right());

        for (long jump : List.of(HOUR_MS, -HOUR_MS, 24 * HOUR_MS)) {
            jumpMs = jump;
            assertThat(clock.millis()).as("at once").isBetween(right() - 10, right() + 10);
            second(3, -4);
            assertThat(clock.millis()).as("later").isBetween(right() - 10, right() + 10);
            assertThat(clock.ownMs()).isEqualTo(right() + jump);
        }
        jumpMs = 0;
        assertThat(clock.millis()).isEqualTo(right());
    }

    @Test
    void saysWhoseClockHasJumpedAndByHowMuch() {
        second(0, 0);
        try (HeardLog heard = HeardLog.of(GridClock.class)) {
            jumpMs = -HOUR_MS;
            second(3, -4);
            second(3, -4);
            assertThat(heard.lines())
                    .containsExactly("clock is off: node=n1, ahead_seconds=-3600 of most nodes;"
                            + " what it writes down gets the time of most, set it");
            jumpMs = 0;
            second(-HOUR_MS, 0);
            assertThat(heard.lines()).last().asString().startsWith("clock is off: node=n2, ahead_seconds=-3600");
            second(0, 0);
            assertThat(heard.lines()).last().isEqualTo("clocks agree again: nodes=[n1, n2, n3]");
        }
    }

    @Test
    void doesNotFollowAnotherNodeWhoseClockIsOff() {
        second(HOUR_MS, 0);
        assertThat(clock.millis()).isEqualTo(right());
        second(-HOUR_MS, 0);
        assertThat(clock.millis()).isEqualTo(right());
    }

    @Test
    void takesTheTimeOfMostWhereItBeginsWithAWrongOne() {
        jumpMs = -HOUR_MS;
        assertThat(clock.millis()).as("nobody was heard").isEqualTo(right() - HOUR_MS);
        second(5, 7);

        assertThat(clock.millis()).isBetween(right(), right() + 10);
    }

    @Test
    void goesOnAsBeforeWhileNoMajorityAgrees() {
        passedMs += 1000;
        clock.heard("n2", right());
        clock.settle(List.of("n1", "n2"));
        jumpMs = HOUR_MS;
        passedMs += 60_000;
        clock.heard("n2", right());
        clock.settle(List.of("n1", "n2"));

        assertThat(clock.millis()).isEqualTo(right());
    }

    @Test
    void isTheNodesOwnWhereTwoDifferFromTheBeginning() {
        clock.heard("n2", right() + HOUR_MS);
        clock.settle(List.of("n1", "n2"));

        assertThat(clock.millis()).isEqualTo(right());
    }

    @Test
    void followsAllWhereTheWholeGridIsSetAnew() {
        second(0, 0);
        jumpMs = HOUR_MS;
        second(HOUR_MS, HOUR_MS);

        assertThat(clock.millis()).isEqualTo(right() + HOUR_MS);
    }

    @Test
    void forgetsNodesThatAreGone() {
        second(HOUR_MS, HOUR_MS);
        assertThat(clock.millis()).isEqualTo(right() + HOUR_MS);
        clock.settle(List.of("n1"));

        assertThat(clock.millis()).isEqualTo(right());
    }
}

package io.swarmgrid.client.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepairStatusTest {
    @Test
    void isDoneWhenAllThatIsToCopyAndToMoveHasPassedAtTheRateOfTheLastSeconds() {
        assertThat(work(6_000, 1_500, 500).estimated().remainingMs()).isEqualTo(15_000);
        assertThat(work(6_000, 0, 7).estimated().remainingMs()).isEqualTo(857_143);
        assertThat(work(0, 1, 2_000).estimated().remainingMs()).isEqualTo(1);
        assertThat(work(5L << 50, 0, 1L << 30).estimated().remainingMs()).isEqualTo((5L << 20) * 1000);
    }

    @Test
    void doesNotTellAnEndWhereNothingIsToCopyOrNothingIsCopied() {
        assertThat(work(0, 0, 500).estimated().remainingMs()).isNull();
        assertThat(work(6_000, 1_500, 0).estimated().remainingMs()).isNull();
        assertThat(RepairStatus.NONE.estimated()).isEqualTo(RepairStatus.NONE);
    }

    @Test
    void estimatesTheSumAndAddsNoEstimates() {
        RepairStatus one = work(1_000, 0, 100).estimated();
        RepairStatus other = work(500, 1_500, 200).estimated();
        assertThat(one.plus(other).remainingMs()).isNull();
        assertThat(one.plus(other).estimated().remainingMs()).isEqualTo(10_000);
        assertThat(one.atLeast(other).remainingMs()).isNull();
        assertThat(one.atLeast(other).estimated().remainingMs()).isEqualTo(25_000);
    }

    private static RepairStatus work(long pendingBytes, long movingBytes, long rate) {
        return new RepairStatus(1, 0, 0, pendingBytes, 1, movingBytes, 0, 0, rate, null);
    }
}

package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The rule of a repair. */
class MajorityTest {
    @Test
    void bringsWhatMoreThanHalfOfAllCopiesHave() {
        assertThat(Majority.of(List.of("a", "a"), 3)).contains("a");
        assertThat(Majority.of(List.of("a", "a", "b"), 3)).contains("a");
        assertThat(Majority.of(List.of("a", "a", "a"), 5)).contains("a");
        assertThat(Majority.of(List.of("b", "a", "a", "a"), 5)).contains("a");
    }

    @Test
    void leavesAloneWhatNotMoreThanHalfHave() {
        assertThat(Majority.of(List.of("a"), 2)).isEmpty();
        assertThat(Majority.of(List.of("a"), 3)).isEmpty();
        assertThat(Majority.of(List.of("a", "a"), 4)).isEmpty();
        assertThat(Majority.of(List.of("a", "a"), 5)).isEmpty();
    }

    @Test
    void doesNotChooseBetweenValues() {
        assertThat(Majority.of(List.of("a", "b"), 2)).isEmpty();
        assertThat(Majority.of(List.of("a", "b"), 3)).isEmpty();
        assertThat(Majority.of(List.of("a", "b", "c"), 3)).isEmpty();
        assertThat(Majority.of(List.of("a", "a", "b"), 4)).isEmpty();
        assertThat(Majority.of(List.of("a", "a", "b"), 5)).isEmpty();
    }

    @Test
    void hasNothingToBringWhereNoCopyHasIt() {
        assertThat(Majority.of(List.of(), 3)).isEmpty();
    }
}

package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VotersTest {
    @Test
    void needsMoreThanHalf() {
        assertThat(voters(Set.of("a"), Set.of("a")).haveMajority()).isTrue();
        assertThat(voters(Set.of("a", "b", "c"), Set.of("a", "c")).haveMajority())
                .isTrue();
        assertThat(voters(Set.of("a", "b", "c"), Set.of("b")).haveMajority()).isFalse();
        assertThat(voters(Set.of("a", "b", "c", "d"), Set.of("a", "b")).haveMajority())
                .isFalse();
    }

    @Test
    void doesNotCountStrangers() {
        assertThat(voters(Set.of("a", "b", "c"), Set.of("a", "x", "y")).haveMajority())
                .isFalse();
    }

    @Test
    void isNeverMetByNobody() {
        assertThat(voters(Set.of(), Set.of("a")).haveMajority()).isFalse();
    }

    @Test
    void letsTheTiebreakerOfTwoGoOnAlone() {
        Optional<String> tiebreak = Optional.of("a");
        assertThat(new Voters(Set.of("a", "b"), Set.of("a"), tiebreak).haveMajority())
                .isTrue();
        assertThat(new Voters(Set.of("a", "b"), Set.of("b"), tiebreak).haveMajority())
                .isFalse();
        assertThat(new Voters(Set.of("a", "b", "c", "d"), Set.of("a", "b"), tiebreak).haveMajority())
                .isFalse();
    }

    @Test
    void namesWhoIsMissing() {
        assertThat(voters(Set.of("a", "b", "c"), Set.of("b", "x")).missing()).containsExactly("a", "c");
    }

    @Test
    void neverLetsBothSidesOfASplitDecide() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<String> all = IntStream.range(0, 1 + random.nextInt(7))
                    .mapToObj(number -> "n" + number)
                    .toList();
            Optional<String> tiebreak = random.nextBoolean() ? Optional.of("n0") : Optional.empty();
            Set<String> one = all.stream().filter(name -> random.nextBoolean()).collect(Collectors.toSet());
            Set<String> other = new HashSet<>(all);
            other.removeAll(one);
            boolean both = new Voters(Set.copyOf(all), one, tiebreak).haveMajority()
                    && new Voters(Set.copyOf(all), other, tiebreak).haveMajority();
            assertThat(both).as("seed %s: %s against %s", seed, one, other).isFalse();
        }
    }

    private static Voters voters(Set<String> all, Set<String> live) {
        return new Voters(all, live, Optional.empty());
    }
}

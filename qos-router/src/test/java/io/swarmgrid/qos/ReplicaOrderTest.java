package io.swarmgrid.qos;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.qos.ReplicaOrder.Candidate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaOrderTest {
    private static final Candidate LOCAL = new Candidate("n1", "a", "grpc://10.0.0.1:7070");
    private static final Candidate NEAR = new Candidate("n2", "a", "grpc://10.0.0.2:7070");
    private static final Candidate NEAR_TOO = new Candidate("n3", "a", "grpc://10.0.0.3:7070");
    private static final Candidate FAR = new Candidate("n4", "b", "grpc://10.0.0.4:7070");

    private final ReplicaOrder order = new ReplicaOrder("n1", "a");

    @Test
    void putsTheAnsweringNodeThenTheZoneFirst() {
        assertThat(order.order(List.of(FAR, NEAR, LOCAL), "")).containsExactly(LOCAL, NEAR, FAR);
    }

    @Test
    void prefersTheHostOfTheCaller() {
        assertThat(order.order(List.of(NEAR, FAR), "10.0.0.4")).containsExactly(FAR, NEAR);
    }

    @Test
    void letsEqualsTakeTurns() {
        Set<Candidate> first = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            first.add(order.order(List.of(NEAR, NEAR_TOO), "").get(0));
        }
        assertThat(first).containsExactlyInAnyOrder(NEAR, NEAR_TOO);
    }

    @Test
    void letsTheAnsweringNodeTakeTurnsForWhatIsReadSoMuch() {
        Set<Candidate> first = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            List<Candidate> spread = order.spread(List.of(LOCAL, NEAR, FAR), "");
            assertThat(spread.get(2)).isEqualTo(FAR);
            first.add(spread.get(0));
        }
        assertThat(first).containsExactlyInAnyOrder(LOCAL, NEAR);
        assertThat(order.spread(List.of(LOCAL, NEAR), "10.0.0.1"))
                .as("who is on its host reads there")
                .startsWith(LOCAL);
        assertThat(order.spread(List.of(LOCAL, NEAR), "10.0.0.1")).startsWith(LOCAL);
    }
}

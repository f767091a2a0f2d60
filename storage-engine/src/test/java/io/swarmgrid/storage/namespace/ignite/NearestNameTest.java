package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {
    @Test
    void takesTheNameWithTheFewestEdits() {
        assertThat(NearestName.of("lakee", List.of("lakes", "lake", "like"))).isEqualTo("lakes");
        assertThat(NearestName.of("falke", List.of("lake", "flake"))).isEqualTo("flake");
        assertThat(NearestName.of("flihgts", List.of("flights", "flight"))).isEqualTo("flights");
        assertThat(NearestName.of("a", List.of("b"))).isEqualTo("b");
    }

    @Test
    void takesNoneThatIsFarAway() {
        assertThat(NearestName.of("lake", List.of("warehouse", "la", "milk"))).isNull();
        assertThat(NearestName.of("lake", List.of())).isNull();
        assertThat(NearestName.of("a-very-long-name-indeed", List.of("b-wery-lonk-nane-indeed")))
                .isNull();
    }
}

package io.swarmgrid.mount.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsersTest {
    private final Users users = Users.of(
            List.of("root:x:0:0:root:/root:/bin/bash", "ann:x:1000:1000::/home/ann:/bin/sh", "", "bad:x:many"),
            List.of("root:x:0:", "staff:x:50:ann"),
            1000,
            50);

    @Test
    void knowsNamesAndNumbersOfThisMachine() {
        assertThat(users.uid("root")).isZero();
        assertThat(users.user(1000)).isEqualTo("ann");
        assertThat(users.gid("staff")).isEqualTo(50);
        assertThat(users.group(0)).isEqualTo("root");
    }

    @Test
    void keepsANumberThatHasNoName() {
        assertThat(users.user(4242)).isEqualTo("4242");
        assertThat(users.uid("4242")).isEqualTo(4242);
    }

    @Test
    void showsWhomItDoesNotKnowAsWhoeverMounted() {
        assertThat(users.uid("service@elsewhere")).isEqualTo(1000);
        assertThat(users.uid("99999999999999999999")).isEqualTo(1000);
        assertThat(users.gid(null)).isEqualTo(50);
    }
}

package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Assertions on the grid's errors. */
final class Expect {
    private Expect() {}

    static void error(ErrorCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GridException.class,
                        e -> assertThat(e.code()).as(e.toString()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    static void hint(@Nullable String hint, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.hint())
                .isEqualTo(hint));
    }
}

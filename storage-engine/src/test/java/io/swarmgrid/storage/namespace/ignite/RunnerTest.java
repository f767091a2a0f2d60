package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What callers are told of a change during which this node has fallen out of the grid. */
@ExtendWith(OneNode.class)
class RunnerTest {
    private TestNodes nodes;
    private Runner runner;

    @BeforeEach
    void take(OneNode.Grid grid) {
        nodes = grid.nodes();
        runner = new Runner(grid.ignite(), nodes);
    }

    @AfterEach
    void comeBack() {
        nodes.stillIn(true);
    }

    /** Its caller would take a refusal for the end of it. */
    @Test
    void oneThatMayHaveBeenAppliedIsNotRefused() {
        assertCode(ErrorCode.UNKNOWN_OUTCOME, IgniteErrors.unknown(null));
    }

    /** It was read here that something is in the way, and others have gone on. */
    @Test
    void whatIsInTheWayIsNotBelieved() {
        assertCode(ErrorCode.NO_QUORUM, new GridException(ErrorCode.ALREADY_EXISTS, "in the way"));
    }

    private void assertCode(ErrorCode told, GridException thrown) {
        assertThatThrownBy(() -> runner.changeHere(tables -> {
                    nodes.stillIn(false);
                    throw thrown;
                }))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(told));
    }
}

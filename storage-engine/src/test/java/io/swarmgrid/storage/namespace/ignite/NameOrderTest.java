package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.storage.namespace.ignite.NameOrder.Call;
import io.swarmgrid.storage.namespace.ignite.NameOrder.Effect;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is planted is found; what some order explains is not. */
final class NameOrderTest {
    private static final int A = 0;
    private static final int B = 1;
    private static final long FIRST = 11;
    private static final long SECOND = 12;

    private final List<Call> calls = new ArrayList<>();

    private NameOrderTest did(long from, long to, Effect effect) {
        calls.add(new Call("call " + calls.size(), effect, from, to));
        return this;
    }

    private boolean fits() {
        return NameOrder.misfit(calls, new long[2]).isEmpty();
    }

    @Test
    void letsConcurrentCallsBeInAnyOrder() {
        did(0, 10, NameOrder.created(A, FIRST))
                .did(0, 10, NameOrder.saw(A, 0))
                .did(0, 10, NameOrder.renamed(A, B, FIRST))
                .did(5, 10, NameOrder.removed(B))
                .did(6, 9, NameOrder.saw(B, FIRST))
                .did(11, 12, NameOrder.saw(B, 0));

        assertThat(fits()).isTrue();
    }

    @Test
    void findsANameAfterItsRemoval() {
        did(0, 1, NameOrder.created(A, FIRST)).did(2, 3, NameOrder.removed(A)).did(4, 5, NameOrder.saw(A, FIRST));

        assertThat(fits()).isFalse();
        assertThat(NameOrder.misfit(calls, new long[2]).orElseThrow())
                .contains("no order has room for:")
                .contains("call 2\namong");
    }

    @Test
    void findsALostFile() {
        did(0, 1, NameOrder.created(A, FIRST)).did(2, 3, NameOrder.saw(A, 0));

        assertThat(fits()).isFalse();
    }

    @Test
    void findsOneNameThatWasCreatedTwice() {
        did(0, 9, NameOrder.created(A, FIRST)).did(0, 9, NameOrder.created(A, SECOND));

        assertThat(fits()).isFalse();
    }

    @Test
    void findsOneFileThatWasRemovedTwice() {
        did(0, 1, NameOrder.created(A, FIRST)).did(2, 9, NameOrder.removed(A)).did(2, 9, NameOrder.removed(A));

        assertThat(fits()).isFalse();
    }

    @Test
    void findsARenamedFileUnderBothNames() {
        did(0, 1, NameOrder.created(A, FIRST))
                .did(2, 9, NameOrder.renamed(A, B, FIRST))
                .did(3, 4, NameOrder.saw(B, FIRST))
                .did(5, 6, NameOrder.saw(A, FIRST));

        assertThat(fits()).isFalse();
    }

    @Test
    void findsAFileThatTwoRenamesTookToTwoNames() {
        did(0, 1, NameOrder.put(A, FIRST))
                .did(2, 9, NameOrder.renamedOver(A, B, FIRST))
                .did(2, 9, NameOrder.renamed(A, B, FIRST));

        assertThat(fits()).isFalse();
    }

    @Test
    void findsAReaderThatIsBehindAnother() {
        did(0, 1, NameOrder.created(A, FIRST))
                .did(2, 9, NameOrder.put(A, SECOND))
                .did(3, 4, NameOrder.saw(A, SECOND))
                .did(5, 6, NameOrder.saw(A, FIRST));

        assertThat(fits()).isFalse();
    }

    @Test
    void findsARefusalThatNothingExplains() {
        did(0, 1, NameOrder.created(A, FIRST)).did(2, 3, NameOrder.sawSomething(B));
        assertThat(fits()).isFalse();

        calls.clear();
        did(0, 1, NameOrder.created(A, FIRST)).did(2, 3, NameOrder.sawBoth(A, B));
        assertThat(fits()).isFalse();
    }
}

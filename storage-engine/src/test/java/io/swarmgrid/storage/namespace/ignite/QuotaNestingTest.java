package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** However quotas come to lie one in another, there are so many and no more. */
@ExtendWith(OneNode.class)
final class QuotaNestingTest {
    private static final int MAX = NestedQuotas.MAX;

    private Grid grid;

    @BeforeEach
    void take(Grid given) {
        grid = given;
    }

    @AfterEach
    void countAll() {
        QuotaAudit.requireExact(grid.ignite());
    }

    /** Directories one in another, the outermost first. */
    private List<GridPath> chain(String top, int length) {
        List<GridPath> chain = IntStream.range(0, length)
                .mapToObj(i -> grid.path(top + "/d".repeat(i)))
                .toList();
        grid.makeDirectory(chain.get(length - 1));
        return chain;
    }

    private void set(GridPath path) {
        grid.namespace().quotas().set(path, 1000L, null);
        QuotaAudit.settle(grid.namespace(), path);
    }

    private List<String> quotas(GridPath path) {
        settle();
        QuotaAudit.settle(grid.namespace(), path);
        return grid.namespace().quotas().of(path).stream()
                .map(QuotaStatus::path)
                .toList();
    }

    private static void refused(GridPath path, ThrowingCallable call) {
        Expect.error(ErrorCode.PRECONDITION_FAILED, "more than " + MAX + " quotas one above the other: " + path, call);
    }

    @Test
    void countsThoseBelow() {
        List<GridPath> chain = chain("a", MAX + 1);
        for (int i = MAX; i > 0; i--) {
            set(chain.get(i));
        }
        refused(chain.get(0), () -> set(chain.get(0)));
        assertThat(quotas(chain.get(MAX)))
                .hasSize(MAX)
                .doesNotContain(chain.get(0).toString());

        grid.namespace().quotas().set(chain.get(1), null, 100L); // to have one already is fine
        grid.namespace().quotas().clear(chain.get(4));
        set(chain.get(0));
        refused(chain.get(4), () -> set(chain.get(4)));
        assertThat(quotas(chain.get(MAX))).hasSize(MAX);
    }

    @Test
    void countsThoseOneInAnotherAndNoOthers() {
        List<GridPath> chain = chain("a", MAX - 1);
        chain.forEach(this::set);
        for (int i = 0; i < MAX; i++) {
            GridPath beside = chain.get(0).child("beside" + i);
            grid.makeDirectory(beside);
            set(beside);
        }
        set(grid.home());
        grid.namespace().quotas().clear(grid.home());
        settle();
    }

    @Test
    void countsNothingThatWasRemoved() {
        List<GridPath> chain = chain("a", MAX + 1);
        chain.subList(1, MAX + 1).forEach(this::set);
        grid.files().remove(chain.get(5), true, null);
        set(chain.get(0));
        assertThat(quotas(chain.get(4))).hasSize(5);
    }

    @Test
    void isNoDeeperForWhatComesBackFromTheTrash() {
        List<GridPath> removed = chain("a", 5);
        removed.subList(1, 5).forEach(this::set);
        long id = grid.files().stat(removed.get(1)).id();
        List<GridPath> limited = chain("b", 5);
        limited.forEach(this::set);
        grid.files().remove(removed.get(1), true, null);

        GridPath deep = limited.get(4).child("back");
        refused(deep, () -> restore(id, deep));
        GridPath fits = limited.get(3).child("back");
        restore(id, fits);
        assertThat(quotas(GridPath.parse(fits + "/d/d/d"))).hasSize(MAX);
    }

    private void restore(long id, GridPath to) {
        grid.namespace().trash().restore(id, to, "ada", null);
    }

    private void settle() {
        for (int i = 0; i < 5; i++) {
            grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
        }
    }
}

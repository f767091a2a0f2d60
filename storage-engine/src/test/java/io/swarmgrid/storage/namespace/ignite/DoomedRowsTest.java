package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What waits in a full trash is not looked at each second. */
@ExtendWith(OneNode.class)
final class DoomedRowsTest {
    private final AtomicLong nanos = new AtomicLong();

    /** Which files are shown in a round that takes nothing. */
    private Set<Long> round(Grid grid, DoomedRows rows, boolean whole) {
        Set<Long> seen = new HashSet<>();
        DoomedRows.Visitor visitor = new DoomedRows.Visitor() {
            @Override
            public boolean isDue(long id, Doomed doomed) {
                seen.add(id);
                return false;
            }

            @Override
            public boolean wantsMore() {
                return true;
            }
        };
        Runner runner = new Runner(grid.ignite(), grid.nodes());
        rows.beginRound();
        for (int partition : runner.look(Tables::primaryPartitions)) {
            runner.look(tables -> {
                rows.visit(tables, partition, visitor);
                return 0;
            });
        }
        rows.endRound(whole);
        return seen;
    }

    private static long removed(Grid grid, String name) {
        long id = grid.putInline(grid.path(name), name).id();
        grid.files().remove(grid.path(name), false, null);
        return id;
    }

    @Test
    void afterARoundOverManyOnlyFilesThatAreWrittenAreLookedAtForATime(Grid grid) {
        long removed = removed(grid, "removed");
        long other = removed(grid, "other");
        OpenFile open = grid.metadata().begin(grid.path("open"), PutOptions.create("ada"));
        DoomedRows rows = new DoomedRows(2, nanos::get);

        Set<Long> all = round(grid, rows, true);
        assertThat(all).contains(removed, other, open.fileId());
        long later = removed(grid, "later");
        nanos.addAndGet(all.size() * DoomedRows.REST_NANOS_A_ROW - 1);
        assertThat(round(grid, rows, true)).contains(open.fileId()).doesNotContain(removed, other, later);
        nanos.addAndGet(1);
        assertThat(round(grid, rows, true)).contains(open.fileId(), removed, other, later);
        grid.metadata().abandon(open);
    }

    @Test
    void fewAreLookedAtEachTimeAndSoAreManyAsLongAsThereIsMoreToTake(Grid grid) {
        long removed = removed(grid, "removed");
        DoomedRows few = new DoomedRows(1 << 20, nanos::get);
        DoomedRows many = new DoomedRows(0, nanos::get);

        for (int i = 0; i < 3; i++) {
            assertThat(round(grid, few, true)).contains(removed);
            assertThat(round(grid, many, false)).contains(removed);
        }
    }
}

package io.swarmgrid.storage.namespace.ignite;

import static io.swarmgrid.storage.namespace.ignite.Joins.blocks;
import static io.swarmgrid.storage.namespace.ignite.Joins.cut;
import static io.swarmgrid.storage.namespace.ignite.Joins.join;
import static io.swarmgrid.storage.namespace.ignite.Joins.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that are joined while others change them. */
@ExtendWith(OneNode.class)
final class ConcatRacesTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    @Test
    void areRefusedWhereAFileIsNotWhatItWas(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS, 10);
        grid.putBlocks(grid.path("g"), OPTIONS, 20);
        GridPath f = grid.path("f");
        GridPath g = grid.path("g");
        Concatenation order = Joins.looked(grid.metadata(), null, f, g);

        grid.files().rename(g, grid.path("moved"), false, null);
        Expect.error(ErrorCode.CONFLICT, "changed meanwhile: " + g, () -> grid.metadata()
                .concat(order));
        grid.files().rename(grid.path("moved"), g, false, null);
        cut(grid, "f", 5);
        Expect.error(ErrorCode.CONFLICT, "changed meanwhile: " + f, () -> grid.metadata()
                .concat(order));
        Concatenation later = Joins.looked(grid.metadata(), null, f, g);
        grid.files().remove(f, false, null);
        Expect.error(ErrorCode.CONFLICT, "changed meanwhile: " + f, () -> grid.metadata()
                .concat(later));
        assertThat(offsets(grid, "g")).containsExactly(0L);
    }

    @Test
    void showWhoeverIsAskedOneSideOrTheOther(Grid grid) throws Exception {
        grid.putBlocks(grid.path("f"), OPTIONS, 1);
        int rounds = 60;
        for (int i = 0; i < rounds; i++) {
            grid.putBlocks(grid.path("s" + i), OPTIONS, 1);
        }
        Thread joiner = new Thread(() -> {
            for (int i = 0; i < rounds; i++) {
                join(grid, "f", "s" + i);
            }
        });
        joiner.start();
        for (int i = 0; i < rounds && joiner.isAlive(); ) {
            GridPath source = grid.path("s" + i);
            boolean there = grid.files().find(source).isPresent();
            long size = grid.files().stat(grid.path("f")).sizeBytes();
            if (!there) {
                assertThat(size).as("source %d is gone", i).isGreaterThanOrEqualTo(i + 2);
                i++;
            }
            if (size > i + 1) {
                assertThat(grid.files().find(source))
                        .as("source %d is joined", i)
                        .isEmpty();
            }
        }
        joiner.join();
        assertThat(grid.files().stat(grid.path("f")).sizeBytes()).isEqualTo(rounds + 1);
    }

    @Test
    void loseNothingToRenamesAndRemovals(Grid grid) throws Exception {
        grid.putBlocks(grid.path("f"), OPTIONS, 1);
        int rounds = 40;
        for (int i = 0; i < rounds; i++) {
            grid.putBlocks(grid.path("s" + i), OPTIONS, 1000);
        }
        List<Integer> removed = new ArrayList<>();
        Thread mover = new Thread(() -> {
            for (int i = 0; i < rounds; i++) {
                try {
                    if (i % 2 == 0) {
                        grid.files().rename(grid.path("s" + i), grid.path("t" + i), false, null);
                    } else if (grid.files().remove(grid.path("s" + i), false, null)) {
                        removed.add(i);
                    }
                } catch (GridException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                }
            }
        });
        mover.start();
        int joined = 0;
        for (int i = rounds - 1; i >= 0; i--) {
            try {
                join(grid, "f", "s" + i);
                joined++;
            } catch (GridException e) {
                assertThat(e.code()).isIn(ErrorCode.NOT_FOUND, ErrorCode.CONFLICT);
            }
        }
        mover.join();

        int elsewhere = grid.files().list(grid.home(), null, 1000).entries().size() - 1;
        assertThat(joined + elsewhere + removed.size()).isEqualTo(rounds);
        assertThat(grid.files().stat(grid.path("f")).sizeBytes()).isEqualTo(1 + 1000L * joined);
        assertThat(blocks(grid, "f")).hasSize(joined + 1);
    }
}

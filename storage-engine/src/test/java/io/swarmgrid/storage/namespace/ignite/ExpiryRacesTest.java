package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that somebody is at while they are about to expire. */
@ExtendWith(OneNode.class)
final class ExpiryRacesTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada").attributes(Map.of(PolicyAttributes.TTL, "1h"));

    private static void sweep(Grid grid) {
        grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
    }

    /** Rows that are left would be looked at in other tests. */
    @AfterEach
    void leaveNothing(Grid grid) {
        grid.clock().advance(Duration.ofHours(3));
        sweep(grid);
        assertThat(grid.ignite().cache(NamespaceCaches.EXPIRIES)).isEmpty();
    }

    @Test
    void whoWasAtTheFileInTheLastMomentHasIt(Grid grid) {
        for (int i = 0; i < 60; i++) {
            GridPath path = grid.path("f" + i);
            int kind = i % 3;
            grid.metadata().putInline(path, OPTIONS, new byte[1]);
            grid.clock().advance(Duration.ofHours(1));
            CompletableFuture<Boolean> kept = CompletableFuture.supplyAsync(() -> isKept(grid, path, kind));
            sweep(grid);
            assertThat(grid.files().find(path).isPresent())
                    .as("%s %d", path, kind)
                    .isEqualTo(kept.join());
            if (kept.join()) {
                grid.clock().advance(Duration.ofMinutes(58));
                sweep(grid);
                assertThat(grid.files().find(path)).isPresent();
            }
        }
    }

    /** Touches it, gives it more time or appends to it. @return whether that was told as done */
    private static boolean isKept(Grid grid, GridPath path, int kind) {
        try {
            switch (kind) {
                case 0 ->
                    grid.files()
                            .setStatus(
                                    path,
                                    new StatusChange(
                                            null, null, null, grid.clock().millis()));
                case 1 -> grid.files().setAttribute(path, PolicyAttributes.TTL, "2h");
                default -> {
                    Reopened again = grid.metadata().reopen(path, WriterId.NONE);
                    grid.metadata().commitInline(again.file(), new byte[2]);
                }
            }
            return true;
        } catch (GridException e) {
            assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.NOT_FOUND);
            return false;
        }
    }
}

package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers on different nodes that move, write and remove in one tree: it stays a tree, and what is acknowledged is in it. */
final class TreeRacesTest {
    private static final int NODES = 4;
    private static final int CALLERS = 8;
    private static final int STEPS = 150;
    private static final Duration LENGTH = Duration.ofSeconds(Boolean.getBoolean("swarm.test.long") ? 120 : 6);
    private static final Duration GRACE = Duration.ofHours(2);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    private final TestClock clock = new TestClock();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void leaveATreeWithAllThatWasAcknowledged() throws Exception {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        System.out.println("TreeRacesTest: replay the calls with -Dswarm.test.seed=" + seed);
        try (TestGrid grid = TestGrid.start(directory, clock, Map.of(), "n1", "n2", "n3", "n4")) {
            TreeCrew crew = new TreeCrew(grid, NODES);
            List<TreeCrew.Caller> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(crew.new Caller(i, seed));
            }
            long deadline = System.nanoTime() + LENGTH.toNanos();
            do {
                together(callers.stream()
                        .<Callable<Void>>map(caller -> () -> {
                            for (int i = 0; i < STEPS && System.nanoTime() - deadline < 0; i++) {
                                caller.step();
                            }
                            return null;
                        })
                        .toList());
                assertWhole(grid, crew);
            } while (System.nanoTime() - deadline < 0);
            callers.forEach(TreeCrew.Caller::closeAll);
            Map<Long, String> reached = assertWhole(grid, crew);
            System.out.println("TreeRacesTest: " + crew + ", " + reached.size() + " entries reached");
            assertThat(crew.kept()).isNotEmpty().doesNotContainValue(false);

            grid.member(1).namespace().files().remove(TreeCrew.DOOMED, true, null);
            takeBack(grid);
            TreeAudit.assertNothingLeft(grid.first().ignite());
            grid.member(2).namespace().files().remove(TreeCrew.KEPT, true, null);
            takeBack(grid);
            TreeAudit.assertNothingLeft(grid.first().ignite());
            assertThat(TreeAudit.shown(grid.first().namespace())).isEmpty();
        }
    }

    private static Map<Long, String> assertWhole(TestGrid grid, TreeCrew crew) {
        Map<Long, String> reached = TreeAudit.assertTree(grid.first().ignite());
        assertThat(reached.keySet())
                .as("acknowledged files")
                .containsAll(crew.kept().keySet());
        Map<String, String> shown = TreeAudit.shown(grid.first().namespace());
        for (int node = 1; node < NODES; node++) {
            assertThat(TreeAudit.shown(grid.member(node).namespace())).isEqualTo(shown);
        }
        crew.kept().forEach((id, closed) -> assertThat(shown.get(reached.get(id)))
                .contains(Long.toHexString(id))
                .contains(closed ? "sealed" : "open"));
        return reached;
    }

    /** Once every grace is over. */
    private void takeBack(TestGrid grid) {
        clock.advance(GRACE);
        int taken;
        do {
            taken = 0;
            for (int node = 0; node < NODES; node++) {
                taken += grid.member(node)
                        .namespace()
                        .census()
                        .reclaim(Set.of("n1", "n2", "n3", "n4"), gone -> {}, (id, epoch) -> {});
            }
        } while (taken > 0);
    }

    private void together(List<Callable<Void>> work) throws Exception {
        for (Future<Void> done : threads.invokeAll(work)) {
            done.get();
        }
    }
}

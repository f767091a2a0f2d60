package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.BlockWatch.Seen;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/**
 * SIGKILL of a node at the moment at which a block that is being written has its sidecar: it was sealed, or flushed, and the
 * metadata does not know it yet.
 */
final class KillAtSidecar implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public Company company() {
        return Company.ONE_BY_ONE;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        try (BlockWatch watch = BlockWatch.of(arena, arena.alive())) {
            Optional<Seen> sidecar = watch.await(seen -> seen.isSidecar() && !seen.isCopy(), PATIENCE);
            if (sidecar.isPresent()) {
                sidecar.get().node().kill();
            }
            return sidecar.isPresent();
        }
    }
}

package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.BlockWatch.Seen;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** SIGKILL of a node that has begun to make a copy anew which another node has taken with it. */
final class KillWhileCopying implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Override
    public Company company() {
        return Company.COPYING;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        if (arena.alive().size() == arena.nodes().size()) {
            arena.anyNode(random).kill();
        }
        try (BlockWatch watch = BlockWatch.of(arena, arena.alive())) {
            Optional<Seen> copy = watch.await(seen -> seen.isBlock() && seen.isCopy(), PATIENCE);
            if (copy.isPresent()) {
                copy.get().node().kill();
            }
            return copy.isPresent();
        }
    }
}

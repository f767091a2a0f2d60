package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.BlockWatch.Seen;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * SIGKILL of a node at the moment at which a block of it comes under a later epoch, since another link of its pipeline broke or its
 * writer is lost.
 */
final class KillAtRaise implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private @Nullable BlockWatch watch;

    @Override
    public Company company() {
        return Company.WRITING;
    }

    /** Epochs rise within milliseconds after a link broke: who begins to look then sees none. */
    @Override
    public void lookOut(Arena arena) throws Exception {
        watch = BlockWatch.of(arena, arena.alive());
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        try (BlockWatch raises = watch == null ? BlockWatch.of(arena, arena.alive()) : watch) {
            watch = null;
            if (arena.alive().size() == arena.nodes().size()) {
                try (BlockWatch writing = BlockWatch.of(arena, arena.alive())) {
                    KillWhileWriting.strike(writing);
                }
            }
            Optional<Seen> raised = raises.await(
                    seen -> seen.isBlock() && seen.epoch() > 1 && seen.node().isAlive(), PATIENCE);
            if (raised.isPresent()) {
                raised.get().node().kill();
            }
            return raised.isPresent();
        }
    }
}

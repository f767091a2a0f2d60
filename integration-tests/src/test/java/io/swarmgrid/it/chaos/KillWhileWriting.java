package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.BlockWatch.Seen;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** SIGKILL of a node that has a block open, with some of its bytes in it: a link of the pipeline breaks in the middle. */
final class KillWhileWriting implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(12);
    private static final int TRIES = 20;
    private static final Duration GROWS_WITHIN = Duration.ofSeconds(1);

    @Override
    public Company company() {
        return Company.WRITING;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        try (BlockWatch watch = BlockWatch.of(arena, arena.alive())) {
            boolean struck = strike(watch);
            if (!struck) {
                // Nobody wrote that long: then it is a kill at any moment.
                arena.anyNode(random).kill();
            }
            return struck;
        }
    }

    /** Kills the first node that is about a block; false where none was for a while. */
    static boolean strike(BlockWatch watch) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Optional<Seen> begun = watch.await(seen -> seen.isBlock() && !seen.isCopy(), PATIENCE);
            if (begun.isEmpty()) {
                return false;
            }
            if (grows(begun.get().file())) {
                NodeProcess node = begun.get().node();
                node.kill();
                return true;
            }
        }
        return false;
    }

    /** Waits until it has bytes; false where it is sealed, or gone, by then. */
    private static boolean grows(Path block) throws IOException {
        long deadline = System.nanoTime() + GROWS_WITHIN.toNanos();
        while (System.nanoTime() - deadline < 0 && !Arena.isSealed(block)) {
            try {
                if (Files.size(block) > 0) {
                    return true;
                }
            } catch (NoSuchFileException e) {
                return false;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}

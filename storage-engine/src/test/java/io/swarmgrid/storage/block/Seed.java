package io.swarmgrid.storage.block;

import java.util.Random;

/** The seed of a random test: a new one for each run, printed, or the one that {@code -Dswarm.test.seed} replays. */
record Seed(long value) {
    static Seed next(Class<?> test) {
        Seed seed = new Seed(Long.getLong("swarm.test.seed", System.nanoTime()));
        System.out.println(test.getSimpleName() + ": replay with -Dswarm.test.seed=" + seed.value);
        return seed;
    }

    Random random() {
        return new Random(value);
    }
}

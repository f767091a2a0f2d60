package io.swarmgrid.it.chaos;

import java.util.Random;

/** Something bad that happens to a grid, from outside of its processes. */
interface Fault {
    /**
     * Does it, and undoes what does not heal by itself: a process that stands still goes on. Nodes that have ended are
     * started again by the arena.
     */
    void strike(Arena arena, Random random) throws Exception;

    default String name() {
        return getClass().getSimpleName();
    }
}

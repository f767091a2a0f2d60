package io.swarmgrid.it.chaos;

import java.util.Random;

/** What one caller does over and over. Called by one thread. */
interface Workload {
    /** Makes one call, or a few that belong together. Whatever the grid answers is noted by the calls and is no failure. */
    void step(Calls calls, Random random);
}

package io.swarmgrid.it.chaos;

import java.util.Random;

/** Reads what the others write. */
final class ReadFiles implements Workload {
    @Override
    public void step(Calls calls, Random random) {
        if (random.nextInt(4) == 0) {
            calls.get(Paths.fileOf(Paths.tree(random), random));
        } else {
            calls.get(Paths.file(random));
        }
    }
}

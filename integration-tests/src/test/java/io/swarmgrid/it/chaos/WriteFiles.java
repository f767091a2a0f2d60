package io.swarmgrid.it.chaos;

import java.util.Random;

/** Puts shared files, new ones and in the place of old ones. */
final class WriteFiles implements Workload {
    @Override
    public void step(Calls calls, Random random) {
        Calls.Mode mode = random.nextInt(4) == 0 ? Calls.Mode.CREATE : Calls.Mode.REPLACE;
        calls.put(Paths.file(random), Sizes.any(random), mode);
    }
}

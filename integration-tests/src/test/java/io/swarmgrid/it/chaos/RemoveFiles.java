package io.swarmgrid.it.chaos;

import java.util.Random;

/** Removes shared files, and looks whether they are gone. */
final class RemoveFiles implements Workload {
    @Override
    public void step(Calls calls, Random random) {
        String path = Paths.file(random);
        calls.remove(path);
        calls.get(path);
    }
}

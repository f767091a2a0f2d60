package io.swarmgrid.it.chaos;

import java.util.List;
import java.util.Random;

/** Makes small trees, by directories or by files in them, and removes them whole while others read them. */
final class GrowTrees implements Workload {
    @Override
    public void step(Calls calls, Random random) {
        String tree = Paths.tree(random);
        switch (random.nextInt(4)) {
            case 0 -> {
                calls.removeTree(tree, Paths.below(tree));
                calls.get(Paths.fileOf(tree, random));
            }
            case 1 -> calls.putBelow(List.of(tree, Paths.middle(tree)), Paths.fileOf(tree, random), Sizes.any(random));
            default -> {
                calls.makeDirectory(tree);
                calls.makeDirectory(Paths.middle(tree));
                calls.putBelow(List.of(tree, Paths.middle(tree)), Paths.fileOf(tree, random), Sizes.any(random));
            }
        }
    }
}

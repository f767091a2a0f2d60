package io.swarmgrid.it.chaos;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.it.chaos.judge.Ledger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Removes whole trees while others write into them, and looks for what was in them. */
final class RemoveTrees implements Workload {
    private static final int LOOKED_AT = 6;

    private final Ledger ledger;
    private final DoomedTrees trees;
    /** Once more in the next step, since whoever was writing may have made it again. */
    private String last;

    RemoveTrees(Ledger ledger, DoomedTrees trees) {
        this.ledger = ledger;
        this.trees = trees;
        this.last = trees.latest();
    }

    @Override
    public void step(Calls calls, Random random) {
        remove(calls, last);
        last = trees.latest();
        remove(calls, last);
        List<String> below = new ArrayList<>(ledger.paths());
        below.removeIf(path -> !path.startsWith(last + "/"));
        Collections.shuffle(below, random);
        below.stream().limit(LOOKED_AT).forEach(path -> ReadLogs.read(ledger, calls.client(), path));
        if (random.nextBoolean()) {
            trees.next();
        }
    }

    private void remove(Calls calls, String top) {
        long begun = ledger.now();
        ledger.removing(top);
        try {
            Remove remove = new Remove(top, true, UUID.randomUUID().toString());
            if (calls.client().action("fs.remove", remove, Removed.class).removed()) {
                ledger.removed(top, begun);
            }
        } catch (GridException e) {
            // Not there, or nobody knows.
        }
    }
}

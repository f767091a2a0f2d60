package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.time.Duration;
import java.util.Random;

/** SIGSTOP until the others go on without the node, then SIGCONT: it has to find out and to end. */
final class PauseNode implements Fault {
    private final Duration longestAfterLoss;

    PauseNode(Duration longestAfterLoss) {
        this.longestAfterLoss = longestAfterLoss;
    }

    @Override
    public Company company() {
        return Company.COPYING;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        NodeProcess node = arena.anyNode(random);
        Arena.signal("STOP", node);
        try {
            arena.awaitDown(node);
            Thread.sleep(random.nextLong(longestAfterLoss.toMillis()));
        } finally {
            Arena.signal("CONT", node);
        }
        Arena.awaitCutOff(node);
        return true;
    }
}

package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.time.Duration;
import java.util.Random;

/** SIGKILL at any moment; the node stays away for less, or for more, than it is waited for. */
final class KillNode implements Fault {
    private final Duration longestAbsence;

    KillNode(Duration longestAbsence) {
        this.longestAbsence = longestAbsence;
    }

    @Override
    public Company company() {
        return Company.ONE_BY_ONE;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        NodeProcess node = arena.anyNode(random);
        node.kill();
        Thread.sleep(random.nextLong(longestAbsence.toMillis()));
        return true;
    }
}

package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.time.Duration;
import java.util.Random;

/** SIGSTOP and SIGCONT before anybody has the node for lost. */
final class BriefPause implements Fault {
    private final Duration length;

    BriefPause(Duration length) {
        this.length = length;
    }

    @Override
    public Company company() {
        return Company.LIGHT;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        NodeProcess node = arena.anyNode(random);
        Arena.signal("STOP", node);
        try {
            Thread.sleep(length.toMillis());
        } finally {
            Arena.signal("CONT", node);
        }
        return true;
    }
}

package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.util.Random;

/** SIGKILL of every node, at nearly one moment. */
final class KillGrid implements Fault {
    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        for (NodeProcess node : arena.nodes()) {
            node.kill();
        }
        return true;
    }
}

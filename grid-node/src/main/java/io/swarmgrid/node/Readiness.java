package io.swarmgrid.node;

import io.swarmgrid.client.GridException;
import io.swarmgrid.node.auth.Gate;
import io.swarmgrid.node.http.Health;
import io.swarmgrid.storage.membership.Nodes;
import org.jspecify.annotations.Nullable;

/** What the readiness probe is told. Thread-safe. */
final class Readiness {
    private final Gate gate;
    private final String node;
    private volatile String waiting = "starting";
    private volatile @Nullable Nodes nodes;

    Readiness(Gate gate, String node) {
        this.gate = gate;
        this.node = node;
    }

    void waitsFor(String what) {
        waiting = what;
    }

    void watch(Nodes grid) {
        nodes = grid;
    }

    Health health() {
        if (!gate.isOpen()) {
            return new Health(false, node, waiting);
        }
        Nodes grid = nodes;
        try {
            if (grid != null) {
                grid.requireQuorum();
            }
            return new Health(true, node, "ok");
        } catch (GridException e) {
            return new Health(false, node, String.valueOf(e.getMessage()));
        }
    }
}

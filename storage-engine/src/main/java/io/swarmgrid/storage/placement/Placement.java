package io.swarmgrid.storage.placement;

import io.swarmgrid.storage.membership.GridNodeInfo;
import java.util.List;
import java.util.Set;

/** Which nodes should hold a block. A pure function of the key and of the live nodes. Thread-safe. */
public interface Placement {
    /**
     * The nodes for the copies of one block, best first: distinct zones first, then the rest.
     *
     * @param count how many are wanted; fewer come where fewer can take a block
     * @param sizeBytes room that each must have
     * @param avoid names of nodes that are left out
     */
    List<GridNodeInfo> choose(long placementKey, int count, long sizeBytes, Set<String> avoid);
}

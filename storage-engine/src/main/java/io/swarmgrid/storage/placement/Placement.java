package io.swarmgrid.storage.placement;

import io.swarmgrid.storage.membership.GridNodeInfo;
import java.util.List;
import java.util.Set;

/** Which nodes should hold a block, by its key and the live nodes. Thread-safe. */
public interface Placement {
    /**
     * All nodes that take blocks, in the order in which they should hold the block, distinct zones first: a function of the
     * key and of who is there, so it stays the same however full they are. What differs from it is to be moved, where
     * there is room.
     */
    List<GridNodeInfo> order(long placementKey);

    /**
     * A key by which this node comes first, so that a block which is written here does not go through a node that keeps
     * nothing of it.
     *
     * @param placementKey of the block; the same comes back where this node does not take the block or is fuller than the
     *     grid as a whole, or where no such key is found soon
     * @param avoid names of nodes that are left out
     */
    long keyHere(long placementKey, Set<String> avoid);

    /**
     * The nodes for new copies of a block, best first: distinct zones first, then the rest.
     *
     * @param count how many are wanted; fewer come where fewer can take a block
     * @param sizeBytes room that each must have
     * @param avoid names of nodes that are left out
     */
    List<GridNodeInfo> choose(long placementKey, int count, long sizeBytes, Set<String> avoid);
}

package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.block.BlockId;
import java.util.HashSet;
import java.util.Set;

/**
 * The blocks of this node that are just being made or unmade. Whoever holds one is alone with it, so that a copy which was
 * found dead is not deleted while an order for the same block finds it good. Thread-safe.
 */
final class Copies {
    private final Set<BlockId> held = new HashSet<>();

    synchronized boolean tryHold(BlockId block) {
        return held.add(block);
    }

    synchronized void release(BlockId block) {
        held.remove(block);
    }
}

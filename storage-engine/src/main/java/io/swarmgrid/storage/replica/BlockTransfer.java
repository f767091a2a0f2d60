package io.swarmgrid.storage.replica;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;

/** Moves whole blocks between nodes. Thread-safe. */
public interface BlockTransfer {
    /**
     * Copies a sealed block from a holder into the local store, checks it against the record, and makes it as durable as
     * a new block. Nothing stays where it fails.
     *
     * @return bytes copied; 0 where this node had a good copy already
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA (the source's copy is bad), UNAVAILABLE, NO_SPACE
     */
    long fetch(CallContext context, BlockRecord block, GridNodeInfo from);

    /** Tells a holder that its copy is dead, so that it deletes it. Best effort: what is missed is found as an orphan. */
    void discard(CallContext context, GridNodeInfo node, BlockId block, long epoch);
}

package io.swarmgrid.storage.replica;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;

/** Brings whole blocks to this node. Thread-safe. */
public interface BlockTransfer {
    /**
     * Copies a sealed block from a holder into the local store, checks it against the record, and makes it as durable as
     * a new block. Nothing stays where it fails.
     *
     * @return bytes copied; 0 where this node had a good copy already
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA (the source's copy is bad), UNAVAILABLE, NO_SPACE
     */
    long fetch(CallContext context, BlockRecord block, GridNodeInfo from);
}

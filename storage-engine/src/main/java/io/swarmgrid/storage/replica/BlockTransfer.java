package io.swarmgrid.storage.replica;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;

/** Moves whole blocks between nodes. Thread-safe. */
public interface BlockTransfer {
    /**
     * Copies a sealed block from a holder into the local store, checks it against the record, and makes it as durable as
     * a new block. A copy of the same epoch that is here is put aside once the holder has opened its own. Nothing new stays
     * where it fails.
     *
     * @return bytes copied
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA (the source's copy is bad), UNAVAILABLE, NO_SPACE
     */
    long fetch(CallContext context, BlockRecord block, GridNodeInfo from);
}

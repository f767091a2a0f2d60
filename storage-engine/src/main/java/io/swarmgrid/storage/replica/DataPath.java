package io.swarmgrid.storage.replica;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.cache.NearCopies;
import io.swarmgrid.storage.membership.Nodes;

/** What the bytes of a node go through. It owns nothing: whoever made the parts closes them. */
public record DataPath(
        BlockStore blocks,
        NearCopies near,
        Demand demand,
        Nodes nodes,
        Channels channels,
        ChunkBuffers buffers,
        TransferScheduler scheduler,
        StorageConfig config) {
    public int chunkBytes() {
        return config.chunkSize().toIntBytes();
    }

    /** Waits until it is a chunk's turn, where more turns are taken for it after this one. */
    public void awaitTurn(CallContext context, TransferScheduler.Direction direction, long sizeBytes) {
        scheduler.acquire(context, direction, sizeBytes).close();
    }

    /**
     * Does something with a chunk when it is its turn. The work must not wait for a turn itself: bytes that wait for others
     * while they count as being on their way would end in a circle.
     */
    public void inTurn(CallContext context, TransferScheduler.Direction direction, long sizeBytes, Runnable work) {
        TransferScheduler.Permit permit = scheduler.acquire(context, direction, sizeBytes);
        try {
            work.run();
        } finally {
            permit.close();
        }
    }

    /** The name of this node. */
    public String here() {
        return nodes.local().name();
    }
}

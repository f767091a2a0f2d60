package io.swarmgrid.storage.check;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.wire.CheckResult.CopyState;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import java.util.Optional;

/** Looks at single copies, here and on other nodes. Thread-safe. */
final class CopyProbe {
    private final DataPath path;
    private final RemoteBlocks remote;

    CopyProbe(DataPath path, RemoteBlocks remote) {
        this.path = path;
        this.remote = remote;
    }

    /** What there is of a block on one of its holders. */
    CopyState look(CallContext context, BlockRecord block, Replica holder, CheckMode.Depth depth) {
        Optional<GridNodeInfo> node = path.nodes().find(holder.node());
        if (node.isEmpty()) {
            return new CopyState(holder.node(), CopyState.DOWN, "the node is not up");
        }
        if (holder.epoch() != block.epoch()) {
            return new CopyState(holder.node(), CopyState.MISSING, "of an older epoch: " + holder.epoch());
        }
        long from =
                switch (depth) {
                    case END -> Math.max(0, block.lengthBytes() - 1);
                    case ALL -> 0;
                };
        try {
            if (holder.node().equals(path.here())) {
                readHere(context, block, from);
            } else {
                remote.verify(context, block, node.get(), from);
            }
            return new CopyState(holder.node(), CopyState.GOOD, null);
        } catch (GridException e) {
            String state =
                    switch (e.code()) {
                        case CORRUPT_DATA -> CopyState.BAD;
                        case NOT_FOUND -> CopyState.MISSING;
                        case UNAVAILABLE, TIMEOUT, INTERNAL -> CopyState.DOWN; // it cannot be told, and the rest can
                        default -> throw e;
                    };
            return new CopyState(holder.node(), state, e.getMessage());
        }
    }

    /** A bad copy is out of the way of the one that is made anew. Best effort: it is found as an orphan else. */
    void putAside(CallContext context, BlockRecord block, String holder) {
        if (holder.equals(path.here())) {
            path.blocks().quarantineIfBad(block.id(), block.epoch());
        } else {
            path.nodes().find(holder).ifPresent(node -> remote.quarantine(context, node, block.id(), block.epoch()));
        }
    }

    private void readHere(CallContext context, BlockRecord block, long from) {
        try (BlockReader reader = path.blocks().inspect(block.id(), block.epoch())) {
            if (reader.block().crc32c() != block.crc32c() || reader.block().lengthBytes() != block.lengthBytes()) {
                throw new GridException(
                        ErrorCode.CORRUPT_DATA,
                        "copy is not what the metadata says: block=" + block.id() + ", node=" + path.here());
            }
            for (long at = from; at < block.lengthBytes(); at += path.chunkBytes()) {
                int length = (int) Math.min(path.chunkBytes(), block.lengthBytes() - at);
                path.awaitTurn(context, Direction.OUT, length);
                ByteBuf chunk = reader.read(at, length);
                chunk.release();
            }
        }
    }
}

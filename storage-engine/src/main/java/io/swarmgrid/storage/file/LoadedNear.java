package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Loader;
import io.swarmgrid.storage.cache.Origin;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.replica.DataPath;
import java.util.function.Predicate;

/** Brings blocks of the grid near because somebody asks for it. Thread-safe. */
public final class LoadedNear {
    private final DataPath path;
    private final BlockOrigins origins;
    private final Loader loader;

    public LoadedNear(DataPath path, FileMetadata metadata) {
        this.path = path;
        this.origins = new BlockOrigins(path, metadata);
        this.loader = path.near().loader();
    }

    /** Whether a block needs no near copy among those that yield: it lies on such a medium or a faster one, or is pinned there. */
    public boolean isHere(BlockRecord block, Medium medium) {
        if (block.state() != BlockState.SEALED) {
            return false;
        }
        boolean lies = block.currentHolders().contains(path.here())
                && origins.isHere(block)
                && path.blocks()
                        .mediumOf(block.id())
                        .filter(on -> on.compareTo(medium) <= 0)
                        .isPresent();
        return lies || loader.isKept(block.sealed(), medium);
    }

    /**
     * Has a near copy of it on such a medium; waits for all of it.
     *
     * @param stays which near copies do not go for it
     * @throws GridException why it cannot be had
     */
    public Loader.Outcome load(CallContext context, BlockRecord block, Medium medium, Predicate<SealedBlock> stays) {
        if (block.state() != BlockState.SEALED) {
            throw new GridException(ErrorCode.CONFLICT, "it is being written");
        }
        return loader.load(block.sealed(), medium, stays, () -> {
            Origin origin = origins.of(context, block);
            return origins.isHere(block) ? new InTurn(origin, context) : origin;
        });
    }

    /** What this node reads from its own disk takes its turn as what comes from others does. */
    private final class InTurn implements Origin {
        private final Origin origin;
        private final CallContext context;

        InTurn(Origin origin, CallContext context) {
            this.origin = origin;
            this.context = context;
        }

        @Override
        public void read(ByteBuf target, long from, int length) {
            path.awaitTurn(context, Direction.OUT, length);
            origin.read(target, from, length);
        }

        @Override
        public void close() {
            origin.close();
        }
    }
}

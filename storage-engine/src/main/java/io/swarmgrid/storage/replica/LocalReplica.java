package io.swarmgrid.storage.replica;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.StoredBlock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A block that this node is to write, begun or gone on with. */
public final class LocalReplica {
    private LocalReplica() {}

    /**
     * Opens the block of an order.
     *
     * @param kept the writer of an older epoch, where it is still there, or one of this very block that was opened before;
     *     closed if this fails
     * @throws GridException NO_SPACE; PRECONDITION_FAILED where there is not enough of it to go on
     */
    public static BlockWriter open(DataPath path, ReplicaOrder order, @Nullable BlockWriter kept) {
        if (kept != null && kept.id().equals(order.id()) && kept.epoch() == order.epoch()) {
            return kept;
        }
        if (!order.isResumed() || (kept == null && order.resumeBytes() == 0)) {
            return create(path, order);
        }
        if (kept == null || isSealed(path, order)) {
            return rewrite(path, order);
        }
        boolean good = false;
        try {
            kept.epoch(order.epoch(), order.resumeBytes());
            good = true;
            return kept;
        } finally {
            if (!good) {
                kept.close();
            }
        }
    }

    /**
     * Ends a block that lost its writer, under the order's epoch, whoever writes it here still; one that has ended so is put on the
     * device, where the order has it so and it is not.
     *
     * @param lengthBytes to which it is cut, or {@link BlockStore#ALL}
     * @throws GridException NOT_FOUND where there is nothing of it for good; PRECONDITION_FAILED where it is too short, or has a later
     *     epoch; CONFLICT where it is just being made or removed
     */
    static SealedBlock settle(DataPath path, ReplicaOrder order, long lengthBytes) {
        StoredBlock here = path.blocks().find(order.id()).orElse(null);
        if (here == null || !here.sealed()) {
            try {
                return path.blocks().settle(order.id(), order.epoch(), lengthBytes);
            } catch (GridException e) {
                here = path.blocks().find(order.id()).orElse(null);
                if (here == null || !here.sealed()) {
                    throw e;
                }
                // By who wrote it, in between.
            }
        }
        long wanted = lengthBytes == BlockStore.ALL ? here.lengthBytes() : lengthBytes;
        if (here.epoch() == order.epoch() && here.lengthBytes() == wanted) {
            if (order.durability() == Durability.POWER) {
                path.blocks().harden(here.id(), here.epoch());
            }
            return new SealedBlock(here.id(), here.epoch(), here.lengthBytes(), here.crc32c());
        }
        if (here.epoch() < order.epoch() && here.lengthBytes() == wanted) {
            SealedBlock raised = path.blocks().raise(here.id(), here.epoch(), order.epoch());
            if (order.durability() == Durability.POWER) {
                path.blocks().harden(here.id(), order.epoch());
            }
            return raised;
        }
        BlockWriter writer = rewrite(path, order.resumedAt(order.epoch(), wanted));
        try {
            return writer.seal();
        } finally {
            writer.close();
        }
    }

    private static boolean isSealed(DataPath path, ReplicaOrder order) {
        return path.blocks().find(order.id()).map(StoredBlock::sealed).orElse(false);
    }

    private static BlockWriter create(DataPath path, ReplicaOrder order) {
        return path.blocks().create(order.id(), order.epoch(), order.home(), order.durability(), order.reserveBytes());
    }

    /**
     * Writes the beginning of a block again that was sealed here under an older epoch, because others of its chain did
     * not get that far: a sealed block never changes, and stays until the new one has ended.
     */
    private static BlockWriter rewrite(DataPath path, ReplicaOrder order) {
        Optional<StoredBlock> here = path.blocks().find(order.id());
        if (here.isEmpty()
                || !here.get().sealed()
                || here.get().epoch() >= order.epoch()
                || here.get().lengthBytes() < order.resumeBytes()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot go on with " + order + " at " + order.resumeBytes() + " on node=" + path.here()
                            + ": it has " + here.map(Object::toString).orElse("nothing of it"));
        }
        BlockWriter writer = null;
        boolean good = false;
        try (BlockReader old = path.blocks().open(order.id(), here.get().epoch())) {
            // What was forced before its writer was lost stays so.
            boolean forced = here.get().durability() == Durability.POWER;
            ReplicaOrder wanted = forced ? order.onDevice() : order;
            writer = path.blocks()
                    .rewrite(
                            order.id(),
                            new BlockStore.Beginning(here.get().epoch(), order.resumeBytes()),
                            order.epoch(),
                            order.home(),
                            wanted.durability(),
                            order.reserveBytes());
            for (long at = 0; at < order.resumeBytes(); ) {
                int length = (int) Math.min(path.chunkBytes(), order.resumeBytes() - at);
                ByteBuf bytes = old.read(at, length);
                try {
                    writer.write(bytes.nioBuffer());
                } finally {
                    bytes.release();
                }
                at += length;
            }
            good = true;
            return writer;
        } finally {
            if (!good && writer != null) {
                writer.close();
            }
        }
    }
}

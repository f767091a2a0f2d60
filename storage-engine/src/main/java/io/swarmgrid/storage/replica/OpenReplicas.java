package io.swarmgrid.storage.replica;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockWriter;
import java.util.concurrent.ConcurrentHashMap;

/** The blocks that other nodes are writing here, with a call or waiting for their writer to come back. Thread-safe. */
final class OpenReplicas {
    /** Beyond the writers that this node itself may have open: those of the others, whose blocks come here too. */
    private static final int PER_WRITER = 4;

    private final DataPath path;
    private final int maxOpen;
    private final ConcurrentHashMap<BlockId, OpenReplica> open = new ConcurrentHashMap<>();

    OpenReplicas(DataPath path) {
        this.path = path;
        this.maxOpen = Math.multiplyExact(PER_WRITER, path.config().maxOpenWriters());
    }

    /** Begins or goes on with a block, for the call {@code owner}. */
    OpenReplica begin(ReplicaOrder order, Object owner) {
        if (order.isResumed()) {
            OpenReplica here = open.get(order.id());
            if (here != null) {
                here.takeOver(owner, order.epoch(), order.resumeBytes());
                return here;
            }
        } else if (open.size() >= maxOpen) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "cannot begin " + order + " on node=" + path.here() + ": blocks that others write here: " + maxOpen
                            + ", " + PER_WRITER + " times its storage.max-open-writers",
                    null,
                    "wait for others to finish, or raise storage.max-open-writers of that node",
                    null);
        }
        BlockWriter writer = LocalReplica.open(path, order, null);
        OpenReplica replica = new OpenReplica(writer, owner);
        open.put(order.id(), replica);
        return replica;
    }

    /** It was sealed or has failed. */
    void remove(BlockId id, OpenReplica replica) {
        open.remove(id, replica);
    }

    /** Drops a block up to an epoch, whoever writes it. */
    boolean drop(BlockId id, long epoch) {
        OpenReplica here = open.get(id);
        if (here == null || here.epoch() > epoch) {
            return false;
        }
        open.remove(id, here);
        here.drop();
        return true;
    }

    /** Drops what nobody came back for. Returns whether something still waits. */
    boolean expire(long nowNanos, long graceNanos) {
        open.forEach((id, replica) -> {
            if (replica.isParkedSince(nowNanos, graceNanos) && open.remove(id, replica)) {
                replica.drop();
            }
        });
        return open.values().stream().anyMatch(OpenReplica::isParked);
    }

    void dropAll() {
        open.forEach((id, replica) -> {
            open.remove(id, replica);
            replica.drop();
        });
    }
}

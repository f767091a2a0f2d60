package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which holders of a block a reader asks first, and what it tells of those that have no good copy. What all blocks of a reader share.
 *
 * @param turn which of several that are as good it asks first: the same all the time, and not what the next reader has
 */
record Holders(DataPath path, FileMetadata metadata, CallContext call, Suspects suspects, int turn) {
    private static final Logger LOG = LoggerFactory.getLogger(Holders.class);

    /**
     * The nearest first. Where somebody has asked for near copies on a medium those that lie on it are nearer; else a cached copy is one like the
     * others, since what durable ones lie on is not recorded.
     *
     * @param bad nodes whose copy was found bad
     */
    List<Replica> ordered(BlockRecord known, Set<String> bad) {
        List<Replica> holders = new ArrayList<>(known.holders());
        Medium asked = known.keeping().near();
        holders.sort(Comparator.comparingInt((Replica holder) -> distance(holder, bad))
                .thenComparing(holder -> asked == null || holder.near() == null ? Medium.HDD : holder.near())
                .thenComparingInt(holder -> Turns.place(turn, holder.node())));
        return holders;
    }

    GridNodeInfo node(Replica holder) {
        return path.nodes()
                .find(holder.node())
                .orElseThrow(() ->
                        new GridException(ErrorCode.UNAVAILABLE, "node=" + holder.node() + " is not in the grid"));
    }

    /** Once another one has given the bytes: as long as nobody has, a bad copy may be the last one. */
    void report(BlockRecord known, Failure failure) {
        if (!failure.isOfTheCopy()) {
            return;
        }
        LOG.warn(
                "bad copy of a block: block={} node={} error={}",
                known.id(),
                failure.node(),
                failure.error().getMessage());
        try {
            boolean given = metadata.reportBad(known.fileId(), known.id(), failure.node(), failure.epoch());
            if (given && failure.error().code() == ErrorCode.CORRUPT_DATA) {
                putAside(known, failure);
            }
        } catch (GridException e) {
            LOG.warn("cannot report a bad copy: block={} node={} error={}", known.id(), failure.node(), e.getMessage());
        }
    }

    private int distance(Replica holder, Set<String> bad) {
        if (bad.contains(holder.node())) {
            return 4;
        }
        if (holder.node().equals(path.here())) {
            return 0;
        }
        Optional<GridNodeInfo> node = path.nodes().find(holder.node());
        if (node.isEmpty() || suspects.has(holder.node())) {
            return 3;
        }
        return node.get().zone().equals(path.nodes().local().zone()) ? 1 : 2;
    }

    private void putAside(BlockRecord known, Failure failure) {
        if (failure.node().equals(path.here())) {
            path.blocks().quarantineIfBad(known.id(), failure.epoch());
            return;
        }
        Optional<GridNodeInfo> node = path.nodes().find(failure.node());
        if (node.isPresent()) {
            new RemoteBlocks(path).quarantine(call, node.get(), known.id(), failure.epoch());
        }
    }
}

package io.swarmgrid.storage.repair;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.membership.NodeLoad;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.Peers;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.placement.Placement;
import io.swarmgrid.storage.replica.BlockTransfer;

/** Keeps every block at its number of copies. Thread-safe. */
public final class Repair implements AutoCloseable {
    private final Seams seams;

    /** What repair works on. */
    public record Seams(
            BlockCensus census,
            Placement placement,
            Nodes nodes,
            Peers peers,
            BlockStore blocks,
            BlockTransfer transfer) {}

    public Repair(SwarmConfig config, Seams seams) {
        this.seams = seams;
    }

    /** Begins to walk, once and for all. */
    public void start() {}

    /** What this node's own walks found, and what it copied. */
    public RepairStatus local() {
        return new RepairStatus(0, 0, 0, 0, 0, 0, 0);
    }

    /** What this node says of itself: its block store and {@link #local}. */
    public NodeLoad load() {
        BlockStore blocks = seams.blocks();
        return new NodeLoad(
                blocks.usedBytes(), blocks.capacityBytes(), blocks.freeBytes(), blocks.blocks(), false, local(), 0);
    }

    @Override
    public void close() {}
}

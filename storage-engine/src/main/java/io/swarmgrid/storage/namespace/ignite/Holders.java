package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions about, and changes of, the holders of a block. */
final class Holders {
    private Holders() {}

    static List<Replica> of(List<String> nodes, long epoch) {
        return nodes.stream().map(node -> new Replica(node, epoch)).toList();
    }

    /** How many durable copies are on live nodes. */
    static long durable(List<Replica> holders, Set<String> live) {
        return holders.stream()
                .filter(holder -> holder.durable() && live.contains(holder.node()))
                .count();
    }

    static @Nullable Replica on(BlockRecord block, String node) {
        for (Replica holder : block.holders()) {
            if (holder.node().equals(node)) {
                return holder;
            }
        }
        return null;
    }

    static List<Replica> without(List<Replica> holders, String node) {
        return holders.stream().filter(holder -> !holder.node().equals(node)).toList();
    }

    /** With what was not recorded of a node, beside what was. */
    static BlockRecord with(BlockRecord block, Replica added) {
        List<Replica> holders = new ArrayList<>(without(block.holders(), added.node()));
        holders.add(added);
        return block.heldBy(holders);
    }

    /** The next epoch of an open block, on these nodes. */
    static BlockRecord next(BlockRecord block, List<String> survivors) {
        return block.next(of(survivors, block.epoch() + 1));
    }

    static BlockRecord sealed(BlockRecord block, SealedBlock seal, List<String> holders) {
        return block.sealed(seal, of(holders, block.epoch()));
    }
}

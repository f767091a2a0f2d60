package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions about, and changes of, the holders of a block. */
final class Holders {
    private Holders() {}

    static List<Replica> of(List<String> nodes, long epoch) {
        return nodes.stream().map(node -> new Replica(node, epoch, true)).toList();
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

    static BlockRecord with(BlockRecord block, Replica added) {
        List<Replica> holders = new ArrayList<>(without(block.holders(), added.node()));
        holders.add(added);
        return held(block, holders);
    }

    static BlockRecord held(BlockRecord block, List<Replica> holders) {
        return new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                block.lengthBytes(),
                block.epoch(),
                block.crc32c(),
                block.state(),
                block.replication(),
                block.placementKey(),
                holders);
    }

    /** An open block of which readers see so much. */
    static BlockRecord grown(BlockRecord block, long lengthBytes) {
        return new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                lengthBytes,
                block.epoch(),
                block.crc32c(),
                block.state(),
                block.replication(),
                block.placementKey(),
                block.holders());
    }

    static BlockRecord replicated(BlockRecord block, int replication) {
        return new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                block.lengthBytes(),
                block.epoch(),
                block.crc32c(),
                block.state(),
                replication,
                block.placementKey(),
                block.holders());
    }

    /** The next epoch of an open block, on these nodes. */
    static BlockRecord next(BlockRecord block, List<String> survivors) {
        long epoch = block.epoch() + 1;
        return new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                block.lengthBytes(),
                epoch,
                block.crc32c(),
                block.state(),
                block.replication(),
                block.placementKey(),
                of(survivors, epoch));
    }

    static BlockRecord sealed(BlockRecord block, SealedBlock seal, List<String> holders) {
        return new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                seal.lengthBytes(),
                block.epoch(),
                seal.crc32c(),
                BlockState.SEALED,
                block.replication(),
                block.placementKey(),
                of(holders, block.epoch()));
    }
}

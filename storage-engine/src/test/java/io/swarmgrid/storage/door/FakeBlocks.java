package io.swarmgrid.storage.door;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** The block records of {@link FakeMetadata}, under whose lock all but {@link #reportedBad} is called. */
final class FakeBlocks {
    private final FakeNodes nodes;
    private final Map<BlockId, BlockRecord> blocks = new LinkedHashMap<>();
    private final List<String> reportedBad = new CopyOnWriteArrayList<>();
    private int turn;

    FakeBlocks(FakeNodes nodes) {
        this.nodes = nodes;
    }

    List<String> reportedBad() {
        return reportedBad;
    }

    /** Of all sealed blocks together. */
    long sealedBytes() {
        return blocks.values().stream()
                .filter(block -> block.state() == BlockState.SEALED)
                .mapToLong(BlockRecord::lengthBytes)
                .sum();
    }

    int count() {
        return blocks.size();
    }

    /** All of a file, in the order in which they were allocated. */
    List<BlockRecord> of(long fileId) {
        return blocks.values().stream()
                .filter(block -> block.fileId() == fileId)
                .toList();
    }

    void keepOnly(long fileId, Collection<BlockId> ids) {
        blocks.values().removeIf(block -> block.fileId() == fileId && !ids.contains(block.id()));
    }

    /** On the nodes in turn. */
    BlockRecord allocate(BlockId id, OpenFile file, long offset, Set<String> avoid) {
        List<String> able =
                nodes.names().stream().filter(name -> !avoid.contains(name)).toList();
        List<Replica> holders = new ArrayList<>();
        for (int i = 0; i < Math.min(file.replicas(), able.size()); i++) {
            holders.add(new Replica(able.get((turn + i) % able.size()), 1));
        }
        turn++;
        if (holders.isEmpty()) {
            throw new GridException(ErrorCode.NO_SPACE, "no node can take another block");
        }
        BlockRecord block = new BlockRecord(
                id, file.fileId(), offset, 0, 1, 0, BlockState.OPEN, file.replicas(), id.value(), holders);
        blocks.put(id, block);
        return block;
    }

    /** An open block of which readers see so much now. */
    BlockRecord grown(BlockRecord block, long lengthBytes) {
        return put(block, block.epoch(), names(block), lengthBytes, 0, BlockState.OPEN);
    }

    BlockRecord bumpEpoch(BlockId id, List<String> survivors) {
        BlockRecord block = require(id);
        if (block.state() != BlockState.OPEN || !names(block).containsAll(survivors)) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot go on: " + block + " on " + survivors);
        }
        return put(block, block.epoch() + 1, survivors, 0, 0, BlockState.OPEN);
    }

    BlockRecord seal(SealedBlock sealed, List<String> holders) {
        BlockRecord block = require(sealed.id());
        if (block.state() != BlockState.OPEN || block.epoch() != sealed.epoch()) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot seal: " + block + " as " + sealed);
        }
        return put(block, block.epoch(), holders, sealed.lengthBytes(), sealed.crc32c(), BlockState.SEALED);
    }

    /** The block of a file that is joined to another one, as that one's. */
    BlockRecord adopt(BlockRecord block, FileStatus target) {
        BlockRecord own = new BlockRecord(
                block.id(),
                target.id(),
                block.offset(),
                block.lengthBytes(),
                block.epoch(),
                block.crc32c(),
                block.state(),
                target.replicas(),
                block.placementKey(),
                block.holders());
        blocks.put(own.id(), own);
        return own;
    }

    /** Forgets a bad copy, unless there is no other; whether it did. */
    boolean reportBad(BlockId id, String node) {
        reportedBad.add(id + "@" + node);
        BlockRecord block = require(id);
        List<String> rest =
                names(block).stream().filter(name -> !name.equals(node)).toList();
        if (rest.isEmpty()) {
            return false;
        }
        put(block, block.epoch(), rest, block.lengthBytes(), block.crc32c(), block.state());
        return true;
    }

    /** A block as it is by now. */
    BlockRecord current(BlockRecord block) {
        return blocks.getOrDefault(block.id(), block);
    }

    BlockRecord require(BlockId id) {
        BlockRecord block = blocks.get(id);
        if (block == null) {
            throw new GridException(ErrorCode.NOT_FOUND, "no such block: " + id);
        }
        return block;
    }

    private BlockRecord put(
            BlockRecord block, long epoch, List<String> holders, long length, int crc32c, BlockState state) {
        BlockRecord next = new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                length,
                epoch,
                crc32c,
                state,
                block.replication(),
                block.placementKey(),
                holders.stream().map(name -> new Replica(name, epoch)).toList());
        blocks.put(block.id(), next);
        return next;
    }

    private static List<String> names(BlockRecord block) {
        return block.holders().stream().map(Replica::node).toList();
    }
}

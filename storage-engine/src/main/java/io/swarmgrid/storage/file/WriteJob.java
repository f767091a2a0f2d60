package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.LostReplicaException;
import io.swarmgrid.storage.replica.RemoteBlocks;
import io.swarmgrid.storage.replica.ReplicaOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the runs of one file have in common: its lease, which nodes failed it, and where anything of it may lie. */
final class WriteJob {
    private static final Logger LOG = LoggerFactory.getLogger(WriteJob.class);

    /** Room that a block is promised from the start; what more it needs it gets while it grows, or not. */
    private static final long RESERVE_BYTES = 4L << 20;

    private final DataPath path;
    private final FileMetadata metadata;
    private final CallContext context;
    private final OpenFile file;
    private final Takers takers;
    private final Map<BlockId, Traces> traces = new ConcurrentHashMap<>();
    /** Sealed, and not asked to be on the device by now. */
    private final Queue<BlockRecord> inMemory = new ConcurrentLinkedQueue<>();

    /** Where copies of a block may lie, up to which epoch. */
    private record Traces(long epoch, Set<String> nodes) {
        Traces and(long later, Collection<String> more) {
            Set<String> all = new HashSet<>(nodes);
            all.addAll(more);
            return new Traces(Math.max(epoch, later), Set.copyOf(all));
        }
    }

    WriteJob(DataPath path, FileMetadata metadata, CallContext context, OpenFile file) {
        this.path = path;
        this.metadata = metadata;
        this.context = context;
        this.file = file;
        this.takers = new Takers(path.nodes(), path.config(), file);
    }

    DataPath path() {
        return path;
    }

    CallContext context() {
        return context;
    }

    OpenFile file() {
        return file;
    }

    /** Leaves a node out from now on. */
    void failed(LostReplicaException lost) {
        LOG.warn(
                "lost a node while writing: file={} node={} error={}",
                file.path(),
                lost.node(),
                lost.error().getMessage());
        takers.failed(lost);
    }

    boolean hasFailed(String node) {
        return takers.hasFailed(node);
    }

    /** How many copies there must be. */
    int required() {
        return takers.required();
    }

    /** Whether these nodes are enough to go on with; may wait until the grid has noticed who has left it. */
    boolean areEnough(Collection<String> nodes) {
        return takers.areEnough(nodes);
    }

    /** @throws GridException where fewer nodes than required can take a block: NO_SPACE if that is why, OVERLOADED, UNAVAILABLE */
    BlockRecord allocate(long offset) {
        Set<String> leftOut = takers.leftOut();
        int required = required();
        BlockRecord block;
        try {
            block = metadata.allocate(file, offset, leftOut);
        } catch (GridException e) {
            // No node is left; that need not be for want of room.
            GridException why = e.code() == ErrorCode.NO_SPACE ? takers.tooFew(List.of(), e) : e;
            throw why.code() == ErrorCode.NO_SPACE ? e : why;
        }
        leaves(block, holders(block));
        if (block.holders().size() < Math.min(required, required())) { // whoever comes or goes meanwhile
            throw takers.tooFew(holders(block), null);
        }
        return block;
    }

    /** What is left of a block whose nodes are all lost. */
    GridException allLost(BlockRecord block, long lengthBytes) {
        List<String> lost = holders(block);
        return new GridException(
                takers.codeOf(lost),
                "all nodes of block=" + block.id() + " are lost with " + lengthBytes + " bytes of it: nodes=" + lost);
    }

    /** Why a file cannot be written on after a node was lost. */
    GridException explained(LostReplicaException lost, GridException then) {
        String failed = Takers.told(lost.node(), lost.error());
        String why = then.equals(lost.error()) ? failed : String.valueOf(then.getMessage());
        return new GridException(
                then.code(),
                "cannot write " + file.path() + ": " + (why.contains(failed) ? why : failed + "; " + why),
                file.path().toString(),
                then.hint() == null ? lost.error().hint() : then.hint(),
                lost.error());
    }

    /** Ends what is being waited for: nobody wants the file any more. From any thread. */
    void giveUp() {
        takers.giveUp();
    }

    BlockRecord bumpEpoch(BlockRecord block, List<String> survivors) {
        BlockRecord next = metadata.bumpEpoch(file, block.id(), survivors);
        leaves(next, survivors);
        return next;
    }

    BlockRecord seal(SealedBlock block, List<String> nodes) {
        BlockRecord sealed = metadata.seal(file, block, nodes);
        owesDevice(sealed);
        return sealed;
    }

    /** A sealed block that is to be on the device with the next sync, unless it was from the beginning. */
    void owesDevice(BlockRecord sealed) {
        if (file.durability() == Durability.PROCESS) {
            inMemory.add(sealed);
        }
    }

    /**
     * Has the blocks put on the device that were sealed by now and were only to outlive their processes.
     *
     * @throws GridException UNAVAILABLE where too few of the nodes that have one of them can
     */
    void force() {
        for (BlockRecord block = inMemory.peek(); block != null; block = inMemory.peek()) {
            force(block);
            inMemory.remove();
        }
    }

    private void force(BlockRecord block) {
        ReplicaOrder order = order(block).onDevice();
        List<String> owing = new ArrayList<>(holders(block));
        String why = "";
        int forced = 0;
        long begunNanos = System.nanoTime();
        do {
            for (String name : List.copyOf(owing)) {
                Optional<GridNodeInfo> node = path.nodes().find(name);
                if (node.isEmpty()) {
                    // It has nothing to lose any more, and repair makes up for it.
                    owing.remove(name);
                    continue;
                }
                try {
                    new RemoteBlocks(path).settle(context, node.get(), order, block.lengthBytes());
                    owing.remove(name);
                    forced++;
                } catch (GridException e) {
                    LOG.warn("cannot have a block put on the device: {} node={} error={}", order, name, e.getMessage());
                    why = ": " + e.getMessage();
                }
            }
            if (forced > 0 && forced >= Math.min(required(), forced + owing.size())) {
                return;
            }
        } while (takers.oneLeaves(owing, begunNanos));
        throw new GridException(
                ErrorCode.UNAVAILABLE,
                "cannot sync " + file.path() + ": only " + forced + " of " + holders(block) + " put " + order
                        + " on the device" + why);
    }

    /** Copies may lie on these nodes too from now on. */
    void leaves(BlockRecord block, Collection<String> nodes) {
        traces.merge(
                block.id(),
                new Traces(block.epoch(), Set.copyOf(nodes)),
                (before, now) -> before.and(now.epoch, now.nodes));
    }

    ReplicaOrder order(BlockRecord block) {
        WayHome home = new WayHome(file.fileId(), file.path().toString(), block.offset());
        long reserveBytes = Math.min(RESERVE_BYTES, path.config().blockSize().bytes());
        return new ReplicaOrder(block.id(), block.epoch(), home, file.durability(), reserveBytes, ReplicaOrder.FRESH);
    }

    /** @throws LostReplicaException naming the one that is no longer in the grid */
    List<GridNodeInfo> nodes(Collection<String> names) throws LostReplicaException {
        List<GridNodeInfo> found = new ArrayList<>();
        for (String name : names) {
            Optional<GridNodeInfo> node = path.nodes().find(name);
            if (node.isEmpty()) {
                throw new LostReplicaException(
                        name, new GridException(ErrorCode.UNAVAILABLE, "node=" + name + " has left the grid"));
            }
            found.add(node.get());
        }
        return found;
    }

    static List<String> holders(BlockRecord block) {
        return block.holders().stream().map(Replica::node).toList();
    }

    /** Has every copy deleted of every block but these. Best effort: what is missed is found as an orphan. */
    void discardAllBut(Set<BlockId> kept) {
        traces.forEach((id, where) -> {
            if (!kept.contains(id)) {
                where.nodes.forEach(node -> discard(id, where.epoch, node));
                traces.remove(id);
            }
        });
    }

    /** Has a copy deleted, up to that epoch. Best effort. */
    void discard(BlockId id, long epoch, String node) {
        try {
            if (node.equals(path.here())) {
                path.blocks().find(id).filter(here -> here.epoch() <= epoch).ifPresent(here -> path.blocks()
                        .delete(id, here.epoch()));
                return;
            }
            Optional<GridNodeInfo> there = path.nodes().find(node);
            if (there.isPresent()) {
                new RemoteBlocks(path).discard(context, there.get(), id, epoch);
            }
        } catch (GridException e) {
            LOG.warn("cannot have a copy deleted: block={} node={} error={}", id, node, e.getMessage());
        }
    }
}

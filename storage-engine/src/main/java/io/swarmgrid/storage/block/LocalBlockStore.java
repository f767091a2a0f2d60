package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Blocks in tier directories. The index in memory is the truth while the store is open: a slot is replaced by a busy one
 * before files are made or removed, so that two callers never work on the files of one block.
 */
public final class LocalBlockStore implements BlockStore {
    private final Tiers tiers;
    private final ChunkBuffers buffers;
    private final WriteBack writeBack = new WriteBack();
    private final ConcurrentHashMap<BlockId, Slot> slots = new ConcurrentHashMap<>();
    private final SealedCopies copies;
    private final Strays strays;
    private final TierMover mover;

    private final WriterParts.Ending ending = new WriterParts.Ending() {
        @Override
        public void sealed(LocalBlockWriter writer, Slot.Sealed block) {
            slots.replace(writer.id(), writer, block);
            Slot.Sealed older = writer.older();
            if (older != null) {
                mover.gone(older);
                copies.superseded(older);
            }
            mover.here(block);
        }

        @Override
        public void dropped(LocalBlockWriter writer) {
            Slot.Sealed older = writer.older();
            if (older == null) {
                slots.remove(writer.id(), writer);
            } else {
                slots.replace(writer.id(), writer, older);
            }
        }
    };
    private volatile boolean closed;

    private LocalBlockStore(Tiers tiers, ChunkBuffers buffers) {
        this.tiers = tiers;
        this.buffers = buffers;
        this.copies = new SealedCopies(slots, buffers);
        this.strays = new Strays(slots, buffers);
        this.mover = new TierMover(slots, copies, tiers.all());
    }

    /**
     * Opens the tiers, best first, makes them where they are missing, and finds the blocks in them.
     *
     * @param reserveFree room of each tier's file system that is never filled with blocks
     * @param buffers where readers take memory
     * @param owner this node of this grid; null where the tiers are nobody's
     * @throws GridException PRECONDITION_FAILED where a tier is in use by another process, has the blocks of another grid or
     *     node, or was written by a newer version
     */
    public static LocalBlockStore open(
            List<TierConfig> configs, Reserve reserveFree, ChunkBuffers buffers, @Nullable TierOwner owner) {
        Tiers tiers = Tiers.open(configs, reserveFree, owner);
        LocalBlockStore store = new LocalBlockStore(tiers, buffers);
        boolean scanned = false;
        try {
            List<TierScan.Result> found = tiers.scan();
            found.forEach(each -> each.sealed().forEach(store::found));
            found.forEach(each -> each.strays().forEach(store.strays::found));
            store.mover.start();
            scanned = true;
            return store;
        } finally {
            if (!scanned) {
                tiers.close();
            }
        }
    }

    @Override
    public BlockWriter create(BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes) {
        if (epoch < 0 || reserveBytes < 0) {
            throw GridException.invalid(
                    "cannot create block: block=" + id + ", epoch=" + epoch + ", reserve_bytes=" + reserveBytes);
        }
        Slot.Busy busy = occupy(id, epoch);
        return begin(new WriteOrder(id, epoch, home, durability, reserveBytes), busy, null);
    }

    @Override
    public BlockWriter rewrite(
            BlockId id, Beginning of, long epoch, WayHome home, Durability durability, long reserveBytes) {
        Slot.Sealed older = copies.sealed(id, of.epoch());
        Slot.Busy busy = new Slot.Busy();
        if (older == null || epoch <= of.epoch() || !copies.take(older, busy)) {
            throw Missing.notHere(id, of.epoch(), null);
        }
        WriterParts.Older kept = new WriterParts.Older(older, of.lengthBytes());
        return begin(new WriteOrder(id, epoch, home, durability, reserveBytes), busy, kept);
    }

    @Override
    public BlockReader open(BlockId id, long epoch) {
        if (slots.get(id) instanceof LocalBlockWriter writer && writer.epoch() == epoch) {
            try {
                BlockReader growing = writer.open();
                if (growing != null) {
                    return growing;
                }
            } catch (IOException e) {
                throw Missing.notHere(id, epoch, e); // renamed just now
            }
        }
        return copies.reading(
                id,
                epoch,
                slot -> {
                    mover.touched(slot);
                    return opened(slot);
                },
                BlockReader::close);
    }

    private BlockReader opened(Slot.Sealed slot) throws IOException {
        StoredBlock block = slot.block();
        return LocalBlockReader.open(block, copies.spans(slot), buffers, () -> copies.place(block));
    }

    @Override
    public BlockReader inspect(BlockId id, long epoch) {
        return copies.reading(
                id,
                epoch,
                slot -> {
                    Inspection.requireWhole(slot.block());
                    copies.forgetChecksums(slot);
                    return opened(slot);
                },
                BlockReader::close);
    }

    @Override
    public Loan lend(BlockId id, long epoch) {
        return copies.reading(
                id,
                epoch,
                slot -> {
                    mover.touched(slot);
                    return slot.tier().lend(slot.block(), copies.spans(slot));
                },
                Loan::close);
    }

    @Override
    public SealedBlock settle(BlockId id, long epoch, long lengthBytes) {
        Slot here = slots.get(id);
        if (here instanceof LocalBlockWriter writer && !writer.yields(epoch)) {
            return writer.settle(epoch, lengthBytes);
        }
        if (here != null) {
            throw new GridException(
                    ErrorCode.CONFLICT,
                    "nobody writes the block now, and it is here: block=" + id + ", epoch=" + epoch);
        }
        throw Missing.notHere(id, epoch, null);
    }

    @Override
    public void harden(BlockId id, long epoch) {
        copies.harden(id, epoch);
    }

    @Override
    public SealedBlock raise(BlockId id, long olderEpoch, long epoch) {
        return copies.raise(id, olderEpoch, epoch);
    }

    @Override
    public Optional<StoredBlock> find(BlockId id) {
        return Optional.ofNullable(Slot.stored(slots.get(id)));
    }

    @Override
    public List<StoredBlock> list() {
        List<StoredBlock> all = new ArrayList<>(slots.size());
        for (Slot slot : slots.values()) {
            StoredBlock block = Slot.stored(slot);
            if (block != null) {
                all.add(block);
            }
        }
        return all;
    }

    @Override
    public boolean delete(BlockId id, long epoch) {
        for (Slot slot = slots.get(id); slot != null && Slot.epochOf(slot) == epoch; slot = slots.get(id)) {
            if (remove(id, slot)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void quarantine(BlockId id, long epoch) {
        Slot.Sealed slot = copies.sealed(id, epoch);
        if (slot != null) {
            copies.quarantine(slot);
        }
    }

    @Override
    public void quarantineIfBad(BlockId id, long epoch) {
        Slot.Sealed slot = copies.sealed(id, epoch);
        if (slot != null && Inspection.isBad(this, slot.block())) {
            copies.quarantine(slot);
        }
    }

    @Override
    public List<StrayBlock> strays() {
        return strays.list();
    }

    @Override
    public boolean adopt(StrayBlock stray, SealedBlock seal, WayHome home) {
        return strays.adopt(stray, seal, home);
    }

    @Override
    public boolean dropStray(StrayBlock stray) {
        return strays.drop(stray);
    }

    @Override
    public long usedBytes() {
        return tiers.usedBytes();
    }

    @Override
    public long capacityBytes() {
        return tiers.capacityBytes();
    }

    @Override
    public long freeBytes() {
        return tiers.freeBytes();
    }

    @Override
    public TierMoves moves() {
        return mover.moves();
    }

    @Override
    public Optional<Medium> mediumOf(BlockId id) {
        return slots.get(id) instanceof Slot.Sealed slot
                ? Optional.of(slot.tier().medium())
                : Optional.empty();
    }

    @Override
    public Stays stays() {
        return mover;
    }

    /** Where near copies may lie, best first. */
    public List<NearTier> nearTiers() {
        return tiers.all().stream().map(Tier::near).toList();
    }

    /** What moves blocks between the tiers. */
    TierMover mover() {
        return mover;
    }

    @Override
    public int blocks() {
        return slots.size();
    }

    /** Drops what is still being written, and gives the tiers free. Idempotent. */
    @Override
    public void close() {
        closed = true;
        mover.close();
        for (Slot slot : slots.values()) {
            if (slot instanceof LocalBlockWriter writer) {
                writer.close();
            }
        }
        writeBack.close();
        tiers.close();
    }

    /** Clears the way for a new copy of a block, and keeps others off it. */
    private Slot.Busy occupy(BlockId id, long epoch) {
        Slot.Busy busy = new Slot.Busy();
        while (true) {
            Slot here = slots.putIfAbsent(id, busy);
            if (here == null) {
                return busy;
            }
            if (here instanceof Slot.Busy) {
                throw new GridException(
                        ErrorCode.CONFLICT, "block is being made or removed: block=" + id + ", epoch=" + epoch);
            }
            long other = Slot.epochOf(here);
            if (other >= epoch) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "block is here already: block=" + id + ", epoch=" + other + ", asked=" + epoch);
            }
            remove(id, here);
        }
    }

    /** @param older what comes back where the block is not sealed */
    private LocalBlockWriter begin(WriteOrder order, Slot.Busy busy, WriterParts.@Nullable Older older) {
        boolean begun = false;
        try {
            requireOpen();
            strays.makeWay(order.id());
            long promisedBytes = order.reserveBytes() + Sidecar.fileBytes(order.reserveBytes(), order.home());
            Tier tier = tiers.promise(order.id(), order.durability(), promisedBytes);
            LocalBlockWriter writer = begin(order, tier, promisedBytes, older);
            slots.put(order.id(), writer);
            begun = true;
            return writer;
        } finally {
            if (!begun && older != null) {
                slots.replace(order.id(), busy, older.copy());
            } else if (!begun) {
                slots.remove(order.id(), busy);
            }
        }
    }

    private LocalBlockWriter begin(WriteOrder order, Tier tier, long promisedBytes, WriterParts.@Nullable Older older) {
        try {
            WriterParts parts = new WriterParts(buffers, writeBack, ending, older);
            return LocalBlockWriter.begin(order, tier, promisedBytes, parts);
        } catch (IOException e) {
            tier.space().release(promisedBytes);
            throw Disk.failed("cannot create block: block=" + order.id() + ", tier=" + tier.directory(), e);
        }
    }

    /** Removes what the slot has; false where the slot has changed meanwhile. */
    private boolean remove(BlockId id, Slot slot) {
        if (slot instanceof LocalBlockWriter writer) {
            return writer.drop();
        }
        Slot.Busy busy = new Slot.Busy();
        if (!(slot instanceof Slot.Sealed sealed) || !copies.take(sealed, busy)) {
            return false;
        }
        try {
            mover.gone(sealed);
            copies.delete(sealed);
            return true;
        } finally {
            slots.remove(id, busy);
        }
    }

    private void found(Slot.Sealed slot) {
        BlockId id = slot.block().id();
        Slot other = slots.putIfAbsent(id, slot);
        boolean newer = true;
        if (other instanceof Slot.Sealed earlier) {
            newer = slot.block().epoch() > earlier.block().epoch();
            if (newer) {
                slots.put(id, slot);
                mover.gone(earlier);
            }
            copies.delete(newer ? earlier : slot);
        }
        if (newer) {
            mover.here(slot);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the block store is closed");
        }
    }
}

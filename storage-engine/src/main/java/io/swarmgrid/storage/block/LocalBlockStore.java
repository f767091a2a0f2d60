package io.swarmgrid.storage.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks in tier directories. The index in memory is the truth while the store is open: a slot is replaced by a busy one
 * before files are made or removed, so that two callers never work on the files of one block.
 */
public final class LocalBlockStore implements BlockStore {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBlockStore.class);
    private static final long MAX_CACHED_CHECKSUM_BYTES = 32L << 20;

    private final Tiers tiers;
    private final ChunkBuffers buffers;
    private final WriteBack writeBack = new WriteBack();
    private final ConcurrentHashMap<BlockId, Slot> slots = new ConcurrentHashMap<>();
    /** By {@link Slot.Sealed#copy}: weak keys compare by identity, so a copy made anew never meets older checksums. */
    private final Cache<Object, int[]> checksums = Caffeine.newBuilder()
            .weakKeys()
            .maximumWeight(MAX_CACHED_CHECKSUM_BYTES)
            .weigher((Object copy, int[] spans) -> 256 + spans.length * Integer.BYTES)
            .executor(Runnable::run)
            .build();

    private final LocalBlockWriter.Ending ending = new LocalBlockWriter.Ending() {
        @Override
        public void sealed(LocalBlockWriter writer, Slot.Sealed block) {
            slots.replace(writer.id(), writer, block);
        }

        @Override
        public void dropped(LocalBlockWriter writer) {
            slots.remove(writer.id(), writer);
        }
    };
    private volatile boolean closed;

    private LocalBlockStore(Tiers tiers, ChunkBuffers buffers) {
        this.tiers = tiers;
        this.buffers = buffers;
    }

    /**
     * Opens the tiers, best first, makes them where they are missing, and finds the blocks in them; what was left
     * unfinished by an earlier run is deleted.
     *
     * @param reserveFree room of each tier's file system that is never filled with blocks
     * @param buffers where readers take memory
     * @param owner this node of this grid
     * @throws GridException PRECONDITION_FAILED where a tier is in use by another process, has the blocks of another grid or
     *     node, or was written by a newer version
     */
    public static LocalBlockStore open(
            List<TierConfig> tiers, Reserve reserveFree, ChunkBuffers buffers, TierOwner owner) {
        return opened(tiers, reserveFree, buffers, owner);
    }

    /** Tiers that are nobody's. */
    static LocalBlockStore open(List<TierConfig> tiers, Reserve reserveFree, ChunkBuffers buffers) {
        return opened(tiers, reserveFree, buffers, null);
    }

    private static LocalBlockStore opened(
            List<TierConfig> configs, Reserve reserveFree, ChunkBuffers buffers, @Nullable TierOwner owner) {
        Tiers tiers = Tiers.open(configs, reserveFree, owner);
        LocalBlockStore store = new LocalBlockStore(tiers, buffers);
        boolean scanned = false;
        try {
            tiers.scan().forEach(store::found);
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
        boolean created = false;
        try {
            requireOpen();
            LocalBlockWriter writer = begin(id, epoch, home, durability, reserveBytes);
            slots.put(id, writer);
            created = true;
            return writer;
        } finally {
            if (!created) {
                slots.remove(id, busy);
            }
        }
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
        Slot.Sealed slot = sealed(id, epoch);
        if (slot == null) {
            throw Missing.notHere(id, epoch, null);
        }
        BlockReader reader = null;
        try {
            reader = LocalBlockReader.open(slot.block(), spans(slot), buffers);
        } catch (IOException e) {
            throw isStill(slot) ? Missing.unreadable(slot.block(), e) : Missing.notHere(id, epoch, e);
        }
        if (!isStill(slot)) {
            // Deleted meanwhile, and perhaps made anew: sidecar and file need not belong together.
            reader.close();
            throw Missing.notHere(id, epoch, null);
        }
        return reader;
    }

    @Override
    public BlockReader inspect(BlockId id, long epoch) {
        Slot.Sealed slot = sealed(id, epoch);
        if (slot == null) {
            throw Missing.notHere(id, epoch, null);
        }
        try {
            Inspection.requireWhole(slot.block());
        } catch (IOException e) {
            throw isStill(slot) ? Missing.unreadable(slot.block(), e) : Missing.notHere(id, epoch, e);
        }
        checksums.invalidate(slot.copy());
        return open(id, epoch);
    }

    @Override
    public Loan lend(BlockId id, long epoch) {
        Slot.Sealed slot = sealed(id, epoch);
        if (slot == null) {
            throw Missing.notHere(id, epoch, null);
        }
        Loan loan;
        try {
            loan = slot.tier().lend(slot.block(), spans(slot));
        } catch (IOException e) {
            throw isStill(slot) ? Missing.unreadable(slot.block(), e) : Missing.notHere(id, epoch, e);
        }
        if (!isStill(slot)) {
            loan.close();
            throw Missing.notHere(id, epoch, null);
        }
        return loan;
    }

    @Override
    public SealedBlock settle(BlockId id, long epoch, long lengthBytes) {
        if (slots.get(id) instanceof LocalBlockWriter writer) {
            return writer.settle(epoch, lengthBytes);
        }
        throw Missing.notHere(id, epoch, null);
    }

    @Override
    public void harden(BlockId id, long epoch) {
        Slot.Sealed slot = sealed(id, epoch);
        if (slot == null) {
            throw Missing.notHere(id, epoch, null);
        }
        if (slot.block().durability() != Durability.PROCESS) {
            return;
        }
        synchronized (slot.copy()) {
            if (!isStill(slot)) {
                throw Missing.notHere(id, epoch, null);
            }
            try {
                slots.replace(id, slot, slot.onDevice(spans(slot)));
            } catch (IOException e) {
                throw Disk.failed(
                        "cannot put block on the device: file=" + slot.block().path(), e);
            }
        }
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
        Slot.Sealed slot = sealed(id, epoch);
        Slot.Busy busy = new Slot.Busy();
        if (slot == null || !slots.replace(id, slot, busy)) {
            return;
        }
        Path path = slot.block().path();
        try {
            checksums.invalidate(slot.copy());
            synchronized (slot.copy()) {
                slot.tier().quarantine().put(Tier.sidecar(path));
                slot.tier().quarantine().put(path);
            }
            slot.tier().space().gone(slot.diskBytes());
            LOG.warn(
                    "bad copy of a block put aside: block={} epoch={} tier={}",
                    id,
                    epoch,
                    slot.tier().directory());
        } catch (IOException e) {
            slots.replace(id, busy, slot); // to be tried again: else nobody would know what is in the way of a new copy
            throw Disk.failed("cannot put a bad copy aside: block=" + id + ", file=" + path, e);
        } finally {
            slots.remove(id, busy);
        }
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
    public int blocks() {
        return slots.size();
    }

    /** Drops what is still being written, and gives the tiers free. Idempotent. */
    @Override
    public void close() {
        closed = true;
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

    private LocalBlockWriter begin(BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes) {
        long promisedBytes = reserveBytes + Sidecar.fileBytes(reserveBytes, home);
        Tier tier = tiers.promise(id, durability, promisedBytes);
        LocalBlockWriter.Order order = new LocalBlockWriter.Order(id, epoch, home, durability, promisedBytes);
        try {
            return LocalBlockWriter.begin(order, tier, new LocalBlockWriter.Parts(buffers, writeBack, ending));
        } catch (IOException e) {
            tier.space().release(promisedBytes);
            throw Disk.failed("cannot create block: block=" + id + ", tier=" + tier.directory(), e);
        }
    }

    /** Removes what the slot has; false where the slot has changed meanwhile. */
    private boolean remove(BlockId id, Slot slot) {
        if (slot instanceof LocalBlockWriter writer) {
            return writer.drop();
        }
        Slot.Busy busy = new Slot.Busy();
        if (!(slot instanceof Slot.Sealed sealed) || !slots.replace(id, slot, busy)) {
            return false;
        }
        try {
            drop(sealed);
            return true;
        } finally {
            slots.remove(id, busy);
        }
    }

    private void drop(Slot.Sealed slot) {
        Path path = slot.block().path();
        try {
            checksums.invalidate(slot.copy());
            synchronized (slot.copy()) {
                BlockFiles.delete(path);
            }
            slot.tier().space().gone(slot.diskBytes());
        } catch (IOException e) {
            throw Disk.failed("cannot delete block: file=" + path, e);
        }
    }

    private void found(Slot.Sealed slot) {
        BlockId id = slot.block().id();
        Slot other = slots.putIfAbsent(id, slot);
        if (other instanceof Slot.Sealed earlier) {
            boolean newer = slot.block().epoch() > earlier.block().epoch();
            if (newer) {
                slots.put(id, slot);
            }
            drop(newer ? earlier : slot);
        }
    }

    private int[] spans(Slot.Sealed slot) throws IOException {
        int[] spans = checksums.getIfPresent(slot.copy());
        if (spans == null) {
            spans = Sidecar.readSpans(Tier.sidecar(slot.block().path()));
            checksums.put(slot.copy(), spans);
        }
        return spans;
    }

    private boolean isStill(Slot.Sealed slot) {
        return slots.get(slot.block().id()) instanceof Slot.Sealed now && now.copy() == slot.copy();
    }

    private Slot.@Nullable Sealed sealed(BlockId id, long epoch) {
        return slots.get(id) instanceof Slot.Sealed slot && slot.block().epoch() == epoch ? slot : null;
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the block store is closed");
        }
    }
}

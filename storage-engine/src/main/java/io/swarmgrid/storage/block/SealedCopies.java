package io.swarmgrid.storage.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sealed blocks of a store, and what becomes of them. Thread-safe. */
final class SealedCopies {
    private static final Logger LOG = LoggerFactory.getLogger(SealedCopies.class);
    private static final long MAX_CACHED_CHECKSUM_BYTES = 32L << 20;

    private final ConcurrentMap<BlockId, Slot> slots;
    /** By {@link Slot.Sealed#copy}: weak keys compare by identity, so a copy made anew never meets older checksums. */
    private final Cache<Object, int[]> checksums = Caffeine.newBuilder()
            .weakKeys()
            .maximumWeight(MAX_CACHED_CHECKSUM_BYTES)
            .weigher((Object copy, int[] spans) -> 256 + spans.length * Integer.BYTES)
            .executor(Runnable::run)
            .build();

    private final ChunkBuffers buffers;

    /** @param slots of the store */
    SealedCopies(ConcurrentMap<BlockId, Slot> slots, ChunkBuffers buffers) {
        this.slots = slots;
        this.buffers = buffers;
    }

    Slot.@Nullable Sealed sealed(BlockId id, long epoch) {
        return slots.get(id) instanceof Slot.Sealed slot && slot.block().epoch() == epoch ? slot : null;
    }

    /** Whether the copy is there, under the epoch that it had. */
    boolean isStill(Slot.Sealed slot) {
        Slot.Sealed now = sealed(slot.block().id(), slot.block().epoch());
        return now != null && now.copy() == slot.copy();
    }

    /** The copy as it lies now; null where it is gone, or has another epoch: that one whose epoch is just being raised is gone is no damage. */
    private Slot.@Nullable Sealed now(Slot.Sealed slot) {
        synchronized (slot.copy()) {
            Slot.Sealed now = sealed(slot.block().id(), slot.block().epoch());
            return now != null && now.copy() == slot.copy() ? now : null;
        }
    }

    /** Something that is done with the files of a copy, where they lie. */
    interface Reading<R> {
        R of(Slot.Sealed slot) throws IOException;
    }

    /**
     * Opens something that reads a copy, again where that has moved to another tier meanwhile.
     *
     * @param close takes it back
     * @throws GridException NOT_FOUND, CORRUPT_DATA where it is here and cannot be read
     */
    <R> R reading(BlockId id, long epoch, Reading<R> reading, Consumer<R> close) {
        while (true) {
            Slot.Sealed slot = require(id, epoch);
            try {
                R opened = reading.of(slot);
                if (isStill(slot)) {
                    return opened;
                }
                // Deleted meanwhile, and perhaps made anew: sidecar and file need not belong together.
                close.accept(opened);
                throw Missing.notHere(id, epoch, null);
            } catch (IOException e) {
                Slot.Sealed now = now(slot);
                if (now == null) {
                    throw Missing.notHere(id, epoch, e);
                }
                if (now.block().path().equals(slot.block().path())) {
                    throw Missing.unreadable(slot.block(), e);
                }
            }
        }
    }

    /** Where the file of a block is by now. */
    Path place(StoredBlock block) {
        Slot.Sealed slot = sealed(block.id(), block.epoch());
        return slot == null ? block.path() : slot.block().path();
    }

    int[] spans(Slot.Sealed slot) throws IOException {
        int[] spans = checksums.getIfPresent(slot.copy());
        if (spans == null) {
            spans = Sidecar.readSpans(Tier.sidecar(slot.block().path()));
            checksums.put(slot.copy(), spans);
        }
        return spans;
    }

    /** The next who asks reads them. */
    void forgetChecksums(Slot.Sealed slot) {
        checksums.invalidate(slot.copy());
    }

    /** As {@link BlockStore#harden}. */
    void harden(BlockId id, long epoch) {
        Slot.Sealed slot = require(id, epoch);
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

    /** As {@link BlockStore#raise}. */
    SealedBlock raise(BlockId id, long olderEpoch, long epoch) {
        Slot.Sealed slot = require(id, olderEpoch);
        synchronized (slot.copy()) {
            Slot.Sealed now = require(id, olderEpoch);
            if (epoch <= olderEpoch || now.copy() != slot.copy()) {
                throw Missing.notHere(id, olderEpoch, null);
            }
            try {
                Slot.Sealed raised = now.raised(epoch, spans(now));
                slots.replace(id, now, raised);
                return new SealedBlock(
                        id, epoch, raised.block().lengthBytes(), raised.block().crc32c());
            } catch (IOException e) {
                throw Disk.failed(
                        "cannot raise the epoch of a block: file="
                                + slot.block().path() + ", to=" + epoch,
                        e);
            }
        }
    }

    /**
     * Moves a copy to another tier, which has promised the room. Readers that have it open go on with the file that they have.
     *
     * @return null where it has changed meanwhile, or is damaged: then it stays where it is, and the promise is given back
     * @throws GridException NO_SPACE, INTERNAL where a disk refuses; it stays where it is then, too
     */
    Slot.@Nullable Sealed move(Slot.Sealed slot, Tier target) {
        boolean moved = false;
        try {
            Slot.Sealed there = TierMove.copy(slot, target, spans(slot), buffers);
            synchronized (slot.copy()) {
                moved = isStill(slot) && slots.replace(slot.block().id(), slot, there);
                Path left = moved ? slot.block().path() : there.block().path();
                BlockFiles.delete(left);
            }
            return moved ? there : null;
        } catch (Sidecar.DamagedException e) {
            LOG.warn("damaged block stays in its tier until it is checked: {}", e.getMessage());
            return null;
        } catch (IOException e) {
            if (!moved && now(slot) == null) {
                return null; // it was gone before all of it was read
            }
            throw Disk.failed("cannot move block: file=" + slot.block().path() + ", to=" + target.directory(), e);
        } finally {
            if (moved) {
                target.space().used(slot.diskBytes());
                slot.tier().space().gone(slot.diskBytes());
            } else {
                target.space().release(slot.diskBytes());
            }
        }
    }

    /** Keeps a copy to whoever takes it: it is where its slot says then, since nobody {@link #raise}s it meanwhile. */
    boolean take(Slot.Sealed slot, Slot.Busy busy) {
        synchronized (slot.copy()) {
            return slots.replace(slot.block().id(), slot, busy);
        }
    }

    /** As {@link BlockStore#quarantine}; nothing happens where another copy has come in its place. */
    void quarantine(Slot.Sealed slot) {
        BlockId id = slot.block().id();
        Slot.Busy busy = new Slot.Busy();
        if (!take(slot, busy)) {
            return;
        }
        Path path = slot.block().path();
        try {
            forgetChecksums(slot);
            synchronized (slot.copy()) {
                slot.tier().quarantine().put(Tier.sidecar(path));
                slot.tier().quarantine().put(path);
            }
            slot.tier().space().gone(slot.diskBytes());
            LOG.warn(
                    "bad copy of a block put aside: block={} epoch={} tier={}",
                    id,
                    slot.block().epoch(),
                    slot.tier().directory());
        } catch (IOException e) {
            slots.replace(id, busy, slot); // to be tried again: else nobody would know what is in the way of a new copy
            throw Disk.failed("cannot put a bad copy aside: block=" + id + ", file=" + path, e);
        } finally {
            slots.remove(id, busy);
        }
    }

    /** Removes the files of what is in no slot any more. */
    void delete(Slot.Sealed slot) {
        Path path = slot.block().path();
        try {
            forgetChecksums(slot);
            synchronized (slot.copy()) {
                BlockFiles.delete(path);
            }
            slot.tier().space().gone(slot.diskBytes());
        } catch (IOException e) {
            throw Disk.failed("cannot delete block: file=" + path, e);
        }
    }

    /** Another copy has taken its place: what cannot be removed now is removed at the next start. */
    void superseded(Slot.Sealed older) {
        try {
            delete(older);
        } catch (GridException e) {
            LOG.warn(
                    "older copy of a block stays for now: file={} error={}",
                    older.block().path(),
                    e.getMessage());
        }
    }

    private Slot.Sealed require(BlockId id, long epoch) {
        Slot.Sealed slot = sealed(id, epoch);
        if (slot == null) {
            throw Missing.notHere(id, epoch, null);
        }
        return slot;
    }
}

package io.swarmgrid.storage.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentMap;
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

    /** @param slots of the store */
    SealedCopies(ConcurrentMap<BlockId, Slot> slots) {
        this.slots = slots;
    }

    Slot.@Nullable Sealed sealed(BlockId id, long epoch) {
        return slots.get(id) instanceof Slot.Sealed slot && slot.block().epoch() == epoch ? slot : null;
    }

    /** Whether the copy is there, under the epoch that it had. */
    boolean isStill(Slot.Sealed slot) {
        Slot.Sealed now = sealed(slot.block().id(), slot.block().epoch());
        return now != null && now.copy() == slot.copy();
    }

    /** The same of a copy that could not be read: that one whose epoch is just being raised is gone is no damage. */
    boolean hasStayed(Slot.Sealed slot) {
        synchronized (slot.copy()) {
            return isStill(slot);
        }
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

package io.swarmgrid.storage.block;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks that were found without a sidecar, and what becomes of them. Whoever works on the files of one has its slot in the store's
 * index. Thread-safe.
 */
final class Strays {
    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    private final ConcurrentMap<BlockId, Slot> slots;
    private final ChunkBuffers buffers;
    private final ConcurrentHashMap<BlockId, Found> all = new ConcurrentHashMap<>();

    record Found(StrayBlock block, Tier tier) {}

    /** @param slots of the store */
    Strays(ConcurrentMap<BlockId, Slot> slots, ChunkBuffers buffers) {
        this.slots = slots;
        this.buffers = buffers;
    }

    /** Once all sealed blocks are known. Of several files the one of the latest epoch stays, and none beside a block that is whole. */
    void found(Found stray) {
        BlockId id = stray.block().id();
        Found other = all.get(id);
        if (slots.containsKey(id)
                || (other != null && other.block().epoch() > stray.block().epoch())) {
            delete(stray);
            return;
        }
        all.put(id, stray);
        if (other != null) {
            delete(other);
        }
    }

    List<StrayBlock> list() {
        return all.values().stream().map(Found::block).toList();
    }

    /** As {@link BlockStore#adopt}. */
    boolean adopt(StrayBlock stray, SealedBlock seal, WayHome home) {
        Slot.Busy busy = new Slot.Busy();
        if (slots.putIfAbsent(stray.id(), busy) != null) {
            return false;
        }
        try {
            Found found = all.get(stray.id());
            if (found == null || !found.block().equals(stray) || stray.epoch() != seal.epoch()) {
                return false;
            }
            Slot.Sealed adopted = adopted(found, seal, home);
            all.remove(stray.id(), found);
            if (adopted == null) {
                putAside(found);
                return false;
            }
            found.tier().space().gone(stray.lengthBytes());
            found.tier().space().found(adopted.diskBytes());
            slots.replace(stray.id(), busy, adopted);
            LOG.info("block without a sidecar is whole, and has one again: file={}", stray.path());
            return true;
        } catch (IOException e) {
            throw Disk.failed("cannot take back a block without a sidecar: file=" + stray.path(), e);
        } finally {
            slots.remove(stray.id(), busy);
        }
    }

    /** As {@link BlockStore#dropStray}. */
    boolean drop(StrayBlock stray) {
        Slot.Busy busy = new Slot.Busy();
        if (slots.putIfAbsent(stray.id(), busy) != null) {
            return false;
        }
        try {
            Found found = all.get(stray.id());
            boolean here = found != null && found.block().equals(stray);
            if (here) {
                makeWay(stray.id());
            }
            return here;
        } finally {
            slots.remove(stray.id(), busy);
        }
    }

    /** Deletes what is here of a block, of which the caller has the slot: it is made anew, or is nobody's. */
    void makeWay(BlockId id) {
        Found found = all.remove(id);
        if (found != null) {
            delete(found);
        }
    }

    /** Null where it is not what was sealed. */
    private Slot.@Nullable Sealed adopted(Found found, SealedBlock seal, WayHome home) throws IOException {
        Path file = found.block().path();
        Inspection.requirePlain(file);
        SpanChecksums sums = sums(file);
        if (sums.lengthBytes() != seal.lengthBytes() || sums.whole() != seal.crc32c()) {
            return null;
        }
        StoredBlock block = new StoredBlock(
                seal.id(), seal.epoch(), seal.lengthBytes(), seal.crc32c(), true, home, Durability.POWER, file);
        Disk.force(file);
        Sidecar.write(Sidecar.of(block).encode(sums.spans()), file, true);
        return new Slot.Sealed(block, found.tier(), seal.lengthBytes() + Files.size(Tier.sidecar(file)));
    }

    private SpanChecksums sums(Path file) throws IOException {
        SpanChecksums sums = new SpanChecksums();
        ByteBuf buffer = buffers.take(SpanChecksums.SPAN_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long lengthBytes = channel.size();
            while (sums.lengthBytes() < lengthBytes) {
                int part = (int) Math.min(SpanChecksums.SPAN_BYTES, lengthBytes - sums.lengthBytes());
                if (!Disk.readFully(channel, buffer.nioBuffer(0, part), sums.lengthBytes())) {
                    break;
                }
                sums.add(buffer.nioBuffer(0, part));
            }
            return sums;
        } finally {
            buffer.release();
        }
    }

    private static void putAside(Found found) throws IOException {
        LOG.warn(
                "block without a sidecar is not what was sealed, put aside: file={}",
                found.block().path());
        found.tier().quarantine().put(found.block().path());
        found.tier().space().gone(found.block().lengthBytes());
    }

    private static void delete(Found found) {
        try {
            BlockFiles.delete(found.block().path());
            found.tier().space().gone(found.block().lengthBytes());
        } catch (IOException e) {
            throw Disk.failed("cannot delete block: file=" + found.block().path(), e);
        }
    }
}

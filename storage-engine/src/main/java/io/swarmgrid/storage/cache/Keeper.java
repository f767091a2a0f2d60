package io.swarmgrid.storage.cache;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.SealedBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The near copies of a node that are kept, each because somebody asked for it: they yield neither to what is read more nor to blocks, and
 * survive a restart where their medium does. Thread-safe; one block is to be kept by one thread at a time.
 */
public final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** Best first. */
    private final List<Shelf> shelves;

    private final ChunkBuffers buffers;
    private final int chunkBytes;

    Keeper(List<Shelf> shelves, ChunkBuffers buffers, int chunkBytes) {
        this.shelves = List.copyOf(shelves);
        this.buffers = buffers;
        this.chunkBytes = chunkBytes;
    }

    /** What came of it. */
    public enum Outcome {
        KEPT,
        /** No more may be kept on such a medium, or it has no room now. */
        FULL,
        FAILED
    }

    /**
     * A copy that is kept.
     *
     * @param fileId whose block it is
     */
    public record Copy(SealedBlock block, long fileId) {}

    /**
     * Keeps a copy on such a medium, and none on others: one that is there, else one that is made.
     *
     * @param fileId whose block it is
     * @param origin asked only where it has to be made
     */
    public Outcome keep(SealedBlock block, long fileId, Medium medium, Supplier<Origin> origin) {
        Outcome outcome = isKept(block, medium) ? Outcome.KEPT : Outcome.FULL;
        for (Shelf shelf : shelves) {
            if (outcome == Outcome.FULL && shelf.medium() == medium) {
                outcome = keepOn(shelf, block, fileId, origin);
            }
        }
        if (outcome == Outcome.KEPT) {
            shelves.stream().filter(shelf -> shelf.medium() != medium).forEach(shelf -> shelf.release(block));
        }
        return outcome;
    }

    /** Whether a copy is kept on such a medium. */
    public boolean isKept(SealedBlock block, Medium medium) {
        return shelves.stream().anyMatch(shelf -> shelf.medium() == medium && shelf.isKept(block));
    }

    /** Keeps no copy of it. Idempotent. */
    public void release(SealedBlock block) {
        shelves.forEach(shelf -> shelf.release(block));
    }

    /** The same of whichever copy of such an epoch. */
    public void release(BlockId id, long epoch) {
        for (Shelf shelf : shelves) {
            SealedBlock block = shelf.kept().find(id);
            if (block != null && block.epoch() == epoch) {
                shelf.release(block);
            }
        }
    }

    /** All that are kept, as of about now. */
    public List<Copy> all() {
        List<Copy> all = new ArrayList<>();
        for (Shelf shelf : shelves) {
            for (SealedBlock block : shelf.kept().all()) {
                NearFile of = shelf.kept(block);
                if (of != null) {
                    all.add(new Copy(block, of.keptFor()));
                }
            }
        }
        return all;
    }

    /** Those that turned out bad since this was asked last, and are gone; where they were many, the first of them. */
    public List<Copy> takeLost() {
        List<Copy> lost = new ArrayList<>();
        shelves.forEach(shelf -> shelf.kept().takeLost(lost));
        return lost;
    }

    /** Opens a copy that is kept, of whatever length and checksum; null where none is. */
    public @Nullable BlockReader open(BlockId id, long epoch) {
        for (Shelf shelf : shelves) {
            SealedBlock block = shelf.kept().find(id);
            BlockReader reader = block == null || block.epoch() != epoch ? null : shelf.open(block);
            if (reader != null) {
                return reader;
            }
        }
        return null;
    }

    /** Whose block a copy is of that is kept; empty where none is. */
    public OptionalLong fileOf(BlockId id) {
        for (Shelf shelf : shelves) {
            SealedBlock block = shelf.kept().find(id);
            NearFile of = block == null ? null : shelf.kept(block);
            if (of != null) {
                return OptionalLong.of(of.keptFor());
            }
        }
        return OptionalLong.empty();
    }

    /** What may be kept on a medium in all, bytes; 0 where there is none. */
    public long mostBytes(Medium medium) {
        return shelves.stream()
                .filter(shelf -> shelf.medium() == medium)
                .mapToLong(shelf -> shelf.kept().mostBytes())
                .sum();
    }

    /** How much of that is not. */
    public long leftBytes(Medium medium) {
        return shelves.stream()
                .filter(shelf -> shelf.medium() == medium)
                .mapToLong(shelf -> shelf.kept().leftBytes())
                .sum();
    }

    private Outcome keepOn(Shelf shelf, SealedBlock block, long fileId, Supplier<Origin> origin) {
        long bytes = NearFile.fileBytes(block.lengthBytes());
        if (!shelf.kept().promise(bytes)) {
            return Outcome.FULL;
        }
        Outcome outcome = Outcome.FAILED;
        try {
            outcome = shelf.keepHere(block, fileId) ? Outcome.KEPT : make(shelf, block, fileId, origin);
        } catch (GridException | IOException e) {
            LOG.warn("near copy is not kept: block={} medium={} reason={}", block.id(), shelf.medium(), e.toString());
        } finally {
            if (outcome != Outcome.KEPT) {
                shelf.kept().broken(bytes);
            }
        }
        return outcome;
    }

    private Outcome make(Shelf shelf, SealedBlock block, long fileId, Supplier<Origin> origin) throws IOException {
        NearWriter writer = shelf.beginKept(block, fileId);
        if (writer == null) {
            return Outcome.FULL;
        }
        boolean whole = false;
        try (Origin from = origin.get()) {
            whole = fill(writer, block, from) && shelf.finishKept(block, writer);
        } finally {
            if (!whole) {
                shelf.forget(block);
            }
        }
        return whole ? Outcome.KEPT : Outcome.FAILED;
    }

    private boolean fill(NearWriter writer, SealedBlock block, Origin from) throws IOException {
        for (long at = 0; at < block.lengthBytes(); ) {
            int length = (int) Math.min(chunkBytes, block.lengthBytes() - at);
            ByteBuf chunk = buffers.take(length);
            try {
                from.read(chunk, at, length);
                if (!writer.write(chunk)) {
                    return false;
                }
            } finally {
                chunk.release();
            }
            at += length;
        }
        return true;
    }
}

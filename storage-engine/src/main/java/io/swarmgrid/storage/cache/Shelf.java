package io.swarmgrid.storage.cache;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.Heat;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.block.NearTier;
import io.swarmgrid.storage.block.SealedBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The near files of one tier, and which of them are worth its room. What is not is removed by whoever made it so. Thread-safe.
 */
final class Shelf {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
    private static final int MAX_GROUPS = 1024;

    private final NearTier tier;
    private final ChunkBuffers buffers;
    private final long shareBytes;
    private final long keepBytes;
    private final Heat<SealedBlock> heat;
    private final ConcurrentHashMap<SealedBlock, Entry> index = new ConcurrentHashMap<>();
    /** Once each: no more than the opinion has. */
    private final Queue<SealedBlock> cold = new ConcurrentLinkedQueue<>();

    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder evictions = new LongAdder();
    /** Of pages, by group. */
    private final ConcurrentHashMap<Integer, LongAdder> pageEvictions = new ConcurrentHashMap<>();

    private sealed interface Entry {
        record Written(NearWriter writer) implements Entry {}

        record Whole(NearFile of, Path file) implements Entry {
            long bytes() {
                return NearFile.fileBytes(of.block().lengthBytes());
            }
        }
    }

    private Shelf(NearTier tier, CacheConfig config, ChunkBuffers buffers) {
        this.tier = tier;
        this.buffers = buffers;
        this.shareBytes = tier.bytesOf(config.share());
        this.keepBytes = tier.bytesOf(config.headroom());
        this.heat = new Heat<>(roomBytes(), shareBytes / config.maxEntries(), cold::add);
    }

    /** Takes in what an earlier run has left, no more than may be here. */
    static Shelf open(NearTier tier, CacheConfig config, ChunkBuffers buffers) {
        Shelf shelf = new Shelf(tier, config, buffers);
        NearScan found = NearScan.of(tier, config.maxEntries());
        for (NearScan.Found each : found.oldestFirst()) {
            Entry.Whole whole = new Entry.Whole(each.of(), each.file());
            if (shelf.index.putIfAbsent(each.of().block(), whole) == null) {
                shelf.heat.add(each.of().block(), whole.bytes());
            } else {
                shelf.remove(whole);
            }
            shelf.numbers.accumulateAndGet(each.of().number(), Math::max);
        }
        shelf.settle();
        tier.yieldBy(shelf::giveWay);
        return shelf;
    }

    Medium medium() {
        return tier.medium();
    }

    /** Opens a copy; null where there is none, or it turns out that it is not whole. */
    @Nullable
    BlockReader open(SealedBlock block) {
        return with(block, (whole, spans) -> tier.open(block, whole.file(), spans, buffers));
    }

    /** Lends a copy as {@link #open} opens it. */
    @Nullable
    Loan lend(SealedBlock block) {
        return with(block, (whole, spans) -> tier.lend(block, whole.file(), spans));
    }

    /** Opens what is being written. */
    BlockReader open(SealedBlock block, NearWriter writer) throws IOException {
        return tier.open(block, writer.unfinished(), writer.spans(), buffers);
    }

    /** Somebody reads it. */
    void touch(SealedBlock block) {
        heat.touch(block);
    }

    /** As {@link Heat#isWanted}. */
    boolean isWanted(SealedBlock block, boolean atOnce) {
        boolean wanted = heat.isWanted(block, NearFile.fileBytes(block.lengthBytes()), atOnce);
        settle();
        return wanted;
    }

    boolean has(SealedBlock block) {
        return index.get(block) instanceof Entry.Whole;
    }

    /** Begins a copy; null where it is here, or has no room, or is not worth that any more. */
    @Nullable
    NearWriter begin(SealedBlock block) {
        heat.room(roomBytes());
        settle();
        long bytes = NearFile.fileBytes(block.lengthBytes());
        if (index.containsKey(block) || !tier.promise(bytes, shareBytes, keepBytes)) {
            return null;
        }
        NearWriter writer = null;
        try {
            writer = NearWriter.begin(tier, new NearFile(block, numbers.incrementAndGet()));
        } catch (IOException e) {
            LOG.warn("cannot make a near copy: block={} reason={}", block.id(), e.toString());
            return null;
        } finally {
            if (writer == null) {
                tier.release(bytes);
            }
        }
        Entry entry = new Entry.Written(writer);
        if (index.putIfAbsent(block, entry) != null) {
            writer.drop();
            return null;
        }
        // What went out of the opinion before it was here was not removed: nobody would do it later.
        if (!heat.isWorthIt(block)) {
            drop(block);
            return null;
        }
        return writer;
    }

    /** Ends a copy: from now on it is found. False where it is not whole, or not wanted any more; then it is gone. */
    boolean finish(SealedBlock block, NearWriter writer) throws IOException {
        if (!writer.finish()) {
            return false;
        }
        Entry.Whole whole = new Entry.Whole(writer.of(), writer.finished());
        if (index.replace(block, new Entry.Written(writer), whole)) {
            return true;
        }
        remove(whole); // it was dropped when it had just ended
        return false;
    }

    /** The same at once, of all its bytes; true where it is here then. */
    boolean keep(SealedBlock block, ByteBuf bytes) {
        NearWriter writer = begin(block);
        if (writer == null) {
            return has(block);
        }
        boolean whole = false;
        try {
            whole = writer.write(bytes) && finish(block, writer);
        } catch (IOException e) {
            LOG.warn("cannot make a near copy: block={} reason={}", block.id(), e.toString());
        } finally {
            if (!whole) {
                forget(block);
            }
        }
        return whole;
    }

    /** There is no copy any more, and it has to be read again before it is worth one. */
    void forget(SealedBlock block) {
        drop(block);
        heat.forget(block);
    }

    /** Whether so many more can be kept, and as many besides, which others may be about to keep. */
    boolean hasRoom(int count, long lengthBytes) {
        long bytes = NearFile.fileBytes(lengthBytes);
        return heat.hasRoom(2L * count, bytes) && heldBytes() + 2L * count * bytes <= roomBytes();
    }

    long heldBytes() {
        return tier.heldBytes();
    }

    long evictions() {
        return evictions.sum();
    }

    long pageEvictions(int group) {
        LongAdder counted = pageEvictions.get(group);
        return counted == null ? 0 : counted.sum();
    }

    int entries() {
        return index.size();
    }

    private interface Opening<R> {
        R of(Entry.Whole whole, int[] spans) throws IOException;
    }

    private <R> @Nullable R with(SealedBlock block, Opening<R> opening) {
        if (!(index.get(block) instanceof Entry.Whole whole)) {
            return null;
        }
        try {
            int[] spans = whole.of().readSpans(whole.file());
            if (spans != null) {
                return opening.of(whole, spans);
            }
            LOG.warn("damaged near copy dropped: file={}", whole.file());
        } catch (IOException e) {
            LOG.debug("near copy dropped: file={} reason={}", whole.file(), e.toString());
        }
        if (index.remove(block, whole)) {
            remove(whole);
            heat.forget(block);
        }
        return null;
    }

    /** Removes what is not worth its room. */
    private void settle() {
        for (SealedBlock block = cold.poll(); block != null; block = cold.poll()) {
            if (!heat.isWorthIt(block) && drop(block)) {
                countEviction(block);
            }
        }
    }

    /** A block needs room; false where nothing is left to be removed. */
    private boolean giveWay(long bytes) {
        settle();
        List<SealedBlock> coldest = heat.coldest(bytes + keepBytes / 2); // so that the next one need not ask
        if (coldest.isEmpty()) {
            coldest = index.keySet().stream().limit(1).toList();
        }
        for (SealedBlock block : coldest) {
            if (drop(block)) {
                countEviction(block);
            }
            heat.forget(block);
        }
        return !coldest.isEmpty();
    }

    private void countEviction(SealedBlock block) {
        evictions.increment();
        if (NearPage.is(block)) {
            int group = NearPage.group(block);
            if (pageEvictions.containsKey(group) || pageEvictions.size() < MAX_GROUPS) {
                pageEvictions.computeIfAbsent(group, key -> new LongAdder()).increment();
            }
        }
    }

    private boolean drop(SealedBlock block) {
        Entry entry = index.remove(block);
        if (entry != null) {
            remove(entry);
        }
        return entry != null;
    }

    private void remove(Entry entry) {
        if (entry instanceof Entry.Whole whole) {
            delete(whole.file());
            tier.gone(whole.bytes());
        } else if (entry instanceof Entry.Written written) {
            written.writer().drop();
        }
    }

    private long roomBytes() {
        return tier.roomBytes(shareBytes, keepBytes);
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("near file cannot be removed, the next start does it: file={} error={}", file, e.toString());
        }
    }
}

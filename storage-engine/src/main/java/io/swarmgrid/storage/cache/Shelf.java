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
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The near files of one tier, and which of them are worth its room. What is not is removed by whoever made it so. Thread-safe.
 */
final class Shelf {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);

    private static final int WANTED_AT_ONCE = 16;

    private final NearTier tier;
    private final ChunkBuffers buffers;
    private final long shareBytes;
    private final long keepBytes;
    private final Kept kept;
    private final Heat<SealedBlock> heat;
    private final ConcurrentHashMap<SealedBlock, ShelfEntry> index = new ConcurrentHashMap<>();
    /** Once each: no more than the opinion has. */
    private final Queue<SealedBlock> cold = new ConcurrentLinkedQueue<>();

    private final AtomicLong numbers = new AtomicLong();
    private final Evictions evictions = new Evictions();

    private Shelf(NearTier tier, CacheConfig config, ChunkBuffers buffers) {
        this.tier = tier;
        this.buffers = buffers;
        this.shareBytes = tier.bytesOf(config.share());
        this.keepBytes = tier.bytesOf(config.headroom());
        this.kept = new Kept(tier, config);
        this.heat = new Heat<>(roomBytes(), shareBytes / config.maxEntries(), cold::add);
    }

    /** Takes in what an earlier run has left, no more than may be here. */
    static Shelf open(NearTier tier, CacheConfig config, ChunkBuffers buffers) {
        Shelf shelf = new Shelf(tier, config, buffers);
        NearScan found = NearScan.of(tier, config.maxEntries());
        found.kept().forEach(shelf::foundKept);
        for (NearScan.Found each : found.oldestFirst()) {
            ShelfEntry.Whole whole = new ShelfEntry.Whole(each.of(), each.file());
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

    private void foundKept(NearScan.Found each) {
        SealedBlock block = each.of().block();
        ShelfEntry.Whole whole = new ShelfEntry.Whole(each.of(), each.file());
        numbers.accumulateAndGet(each.of().number(), Math::max);
        if (index.putIfAbsent(block, whole) == null) {
            kept.found(block, whole.bytes());
        } else {
            NearFile.delete(whole.file());
            tier.gone(whole.bytes());
        }
    }

    Kept kept() {
        return kept;
    }

    /** The file whose copy of a block is kept; null where none is. */
    @Nullable
    NearFile kept(SealedBlock block) {
        return index.get(block) instanceof ShelfEntry.Whole whole && whole.isKept() ? whole.of() : null;
    }

    boolean isKept(SealedBlock block) {
        return kept(block) != null;
    }

    /** Keeps the copy that is here; false where there is none. It may be kept: that was promised. */
    boolean keepHere(SealedBlock block, long keptFor) throws IOException {
        if (!(index.get(block) instanceof ShelfEntry.Whole whole)
                || whole.isKept()
                || whole.of().readSpans(whole.file()) == null) {
            return false;
        }
        NearFile of = new NearFile(block, whole.of().number(), keptFor);
        Path file = whole.file().resolveSibling(of.name());
        Files.move(whole.file(), file, StandardCopyOption.ATOMIC_MOVE);
        if (!index.replace(block, whole, new ShelfEntry.Whole(of, file))) {
            NearFile.delete(file); // others needed the room, and found nothing to delete
            return false;
        }
        isKeptNow(block, whole.bytes());
        return true;
    }

    /** Begins a copy that is kept; null where it is here, or has no room. It may be kept: that was promised. */
    @Nullable
    NearWriter beginKept(SealedBlock block, long keptFor) throws IOException {
        long bytes = NearFile.fileBytes(block.lengthBytes());
        if (index.containsKey(block)) {
            return null;
        }
        if (!tier.promiseRoom(bytes)) {
            // Blocks move down for several, so that the next ones need not ask.
            tier.want(Math.min(WANTED_AT_ONCE * bytes, Math.max(bytes, kept.leftBytes())));
            return null;
        }
        return begun(block, new NearFile(block, numbers.incrementAndGet(), keptFor));
    }

    /** Ends such a copy; false where it is not whole, or blocks had to have its room: then it is gone. */
    boolean finishKept(SealedBlock block, NearWriter writer) throws IOException {
        if (!finish(block, writer)) {
            return false;
        }
        isKeptNow(block, NearFile.fileBytes(block.lengthBytes()));
        return true;
    }

    private void isKeptNow(SealedBlock block, long bytes) {
        kept.now(block, bytes);
        if (!isKept(block)) {
            kept.gone(block, 0); // it turned out bad right now, and was removed before it counted
        }
        heat.forget(block);
    }

    /** It is kept no more, and gives its room back. */
    void release(SealedBlock block) {
        if (index.get(block) instanceof ShelfEntry.Whole whole && whole.isKept() && index.remove(block, whole)) {
            remove(whole);
        }
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
        if (isKept(block)) {
            return false;
        }
        boolean wanted = heat.isWanted(block, NearFile.fileBytes(block.lengthBytes()), atOnce);
        settle();
        return wanted;
    }

    boolean has(SealedBlock block) {
        return index.get(block) instanceof ShelfEntry.Whole;
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
        NearWriter writer;
        try {
            writer = begun(block, new NearFile(block, numbers.incrementAndGet(), 0));
        } catch (IOException e) {
            LOG.warn("cannot make a near copy: block={} reason={}", block.id(), e.toString());
            return null;
        }
        // What went out of the opinion before it was here was not removed: nobody would do it later.
        if (writer != null && !heat.isWorthIt(block)) {
            drop(block);
            return null;
        }
        return writer;
    }

    /** Takes the promise of its room; null where somebody else was faster. */
    private @Nullable NearWriter begun(SealedBlock block, NearFile of) throws IOException {
        NearWriter writer = null;
        try {
            writer = NearWriter.begin(tier, of);
        } finally {
            if (writer == null) {
                tier.release(NearFile.fileBytes(block.lengthBytes()));
            }
        }
        if (index.putIfAbsent(block, new ShelfEntry.Written(writer)) != null) {
            writer.drop();
            return null;
        }
        return writer;
    }

    /** Ends a copy: from now on it is found. False where it is not whole, or not wanted any more; then it is gone. */
    boolean finish(SealedBlock block, NearWriter writer) throws IOException {
        if (!writer.finish()) {
            return false;
        }
        ShelfEntry.Whole whole = new ShelfEntry.Whole(writer.of(), writer.finished());
        if (index.replace(block, new ShelfEntry.Written(writer), whole)) {
            return true;
        }
        NearFile.delete(whole.file()); // it was dropped when it had just ended
        tier.gone(whole.bytes());
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

    long keptBytes() {
        return tier.keptBytes();
    }

    Heat<SealedBlock> heat() {
        return heat;
    }

    Evictions evictions() {
        return evictions;
    }

    int entries() {
        return index.size();
    }

    private interface Opening<R> {
        R of(ShelfEntry.Whole whole, int[] spans) throws IOException;
    }

    private <R> @Nullable R with(SealedBlock block, Opening<R> opening) {
        if (!(index.get(block) instanceof ShelfEntry.Whole whole)) {
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
            lose(whole);
            heat.forget(block);
        }
        return null;
    }

    /** Removes what is not worth its room. */
    void settle() {
        for (SealedBlock block = cold.poll(); block != null; block = cold.poll()) {
            if (!heat.isWorthIt(block) && giveUp(block)) {
                evictions.count(block);
            }
        }
    }

    /** A block needs room; false where nothing is left to be removed. */
    private boolean giveWay(long bytes) {
        settle();
        List<SealedBlock> coldest = heat.coldest(bytes + keepBytes / 2); // so that the next one need not ask
        if (coldest.isEmpty()) {
            Stream<SealedBlock> yielding = index.keySet().stream().filter(block -> !isKept(block));
            coldest = yielding.limit(1).toList();
        }
        coldest.forEach(this::displace);
        return !coldest.isEmpty();
    }

    /** Removes what is worth less than what comes. */
    void displace(SealedBlock block) {
        if (giveUp(block)) {
            evictions.count(block);
        }
        heat.forget(block);
    }

    /** Removes what is not kept. */
    private boolean giveUp(SealedBlock block) {
        ShelfEntry entry = index.get(block);
        if (entry == null || entry.isKept() || !index.remove(block, entry)) {
            return false;
        }
        remove(entry);
        return true;
    }

    private boolean drop(SealedBlock block) {
        ShelfEntry entry = index.remove(block);
        if (entry != null) {
            lose(entry);
        }
        return entry != null;
    }

    /** Removes one that is bad, or is not wanted. */
    private void lose(ShelfEntry entry) {
        remove(entry);
        if (entry instanceof ShelfEntry.Whole whole && whole.isKept()) {
            kept.lost(whole.of());
        }
    }

    private void remove(ShelfEntry entry) {
        if (entry instanceof ShelfEntry.Whole whole) {
            NearFile.delete(whole.file());
            if (whole.isKept()) {
                kept.gone(whole.of().block(), whole.bytes());
            } else {
                tier.gone(whole.bytes());
            }
        } else if (entry instanceof ShelfEntry.Written written) {
            written.writer().drop();
        }
    }

    /** What copies that are not kept may take. */
    long roomBytes() {
        return tier.roomBytes(shareBytes, keepBytes);
    }
}

package io.swarmgrid.storage.cache;

import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.NearTier;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The near copies of one tier that are kept, since somebody asked for them, and how much that may be. Thread-safe. */
final class Kept {
    private static final int MAX_LOST = 1024;

    private final NearTier tier;
    private final long mostBytes;
    private final int most;
    private final ConcurrentHashMap<BlockId, SealedBlock> blocks = new ConcurrentHashMap<>();
    private final BlockingQueue<Keeper.Copy> lost = new ArrayBlockingQueue<>(MAX_LOST);

    Kept(NearTier tier, CacheConfig config) {
        this.tier = tier;
        this.mostBytes = tier.bytesOf(config.pinShare());
        this.most = config.maxEntries();
    }

    /** Promises that one more is kept, which is then either here {@link #now} or {@link #broken}. */
    boolean promise(long bytes) {
        return blocks.size() < most && tier.promiseKept(bytes, mostBytes);
    }

    /** It comes to nothing. */
    void broken(long bytes) {
        tier.notKept(bytes);
    }

    /** It is here, and whole. */
    void now(SealedBlock block, long bytes) {
        tier.kept(bytes);
        blocks.put(block.id(), block);
    }

    /** One from before is here still. */
    void found(SealedBlock block, long bytes) {
        tier.keptFound(bytes);
        blocks.put(block.id(), block);
    }

    void gone(SealedBlock block, long bytes) {
        blocks.remove(block.id(), block);
        tier.keptGone(bytes);
    }

    /** One turned out bad, and is gone; of so many at once not all are noted. */
    void lost(NearFile of) {
        boolean unused = lost.offer(new Keeper.Copy(of.block(), of.keptFor()));
    }

    /** Those since the last time. */
    void takeLost(Collection<Keeper.Copy> into) {
        int unused = lost.drainTo(into);
    }

    @Nullable
    SealedBlock find(BlockId id) {
        return blocks.get(id);
    }

    Collection<SealedBlock> all() {
        return List.copyOf(blocks.values());
    }

    long mostBytes() {
        return mostBytes;
    }

    long leftBytes() {
        return Math.max(0, mostBytes - tier.pinnedBytes());
    }
}

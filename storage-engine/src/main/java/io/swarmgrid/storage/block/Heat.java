package io.swarmgrid.storage.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Consumer;

/**
 * Which blocks are worth the room of a tier, by how recently and how often they were read (W-TinyLFU: Einziger, Friedman and Manes,
 * "TinyLFU: A Highly Efficient Cache Admission Policy", 2017). An opinion only: what is not worth its room any more is still there until
 * somebody has moved it. Thread-safe.
 */
final class Heat {
    /** A weight is an int: so many blocks of any size that there are can be added up. */
    private static final int UNIT_BYTES = 4 << 10;

    private final Cache<BlockId, Integer> units;

    /** @param cold is told of each block that is not worth its room any more; called by whoever made it so, and must not wait */
    Heat(long roomBytes, Consumer<BlockId> cold) {
        this.units = Caffeine.newBuilder()
                .maximumWeight(units(roomBytes))
                .weigher((BlockId id, Integer weight) -> weight)
                .evictionListener((id, weight, cause) -> {
                    if (id != null) {
                        cold.accept(id);
                    }
                })
                .executor(Runnable::run)
                .build();
    }

    /** A block came here, or is of another length now. */
    void add(BlockId id, long sizeBytes) {
        units.put(id, (int) Math.min(Integer.MAX_VALUE, Math.max(1, units(sizeBytes))));
    }

    /** A block was read. */
    void touch(BlockId id) {
        Integer unused = units.getIfPresent(id); // being asked for it counts
    }

    void forget(BlockId id) {
        units.invalidate(id);
    }

    boolean isWorthIt(BlockId id) {
        return units.asMap().containsKey(id);
    }

    /** The tier has more or less room from now on. */
    void room(long bytes) {
        units.policy().eviction().orElseThrow().setMaximum(units(bytes));
        units.cleanUp();
    }

    private static long units(long bytes) {
        return Math.max(0, bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    }
}

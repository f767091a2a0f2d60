package io.swarmgrid.storage.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What is worth the room of a tier, by how recently and how often it was read (W-TinyLFU: Einziger, Friedman and Manes,
 * "TinyLFU: A Highly Efficient Cache Admission Policy", 2017). An opinion only: what is not worth its room any more is still there until
 * somebody has moved it. Thread-safe.
 *
 * @param <K> which copies
 */
public final class Heat<K> {
    /** A weight is an int: so many blocks of any size that there are can be added up. */
    private static final int UNIT_BYTES = 4 << 10;

    private final long leastUnits;
    private final Cache<K, Integer> units;
    private final Policy.Eviction<K, Integer> eviction;

    /**
     * An opinion of a tier.
     *
     * @param leastBytes as which the smallest count, so that they are no more than the room has of these
     * @param cold is told of what is not worth its room any more; called by whoever made it so, and must not wait
     */
    public Heat(long roomBytes, long leastBytes, Consumer<K> cold) {
        this.leastUnits = Math.max(1, units(leastBytes));
        this.units = Caffeine.newBuilder()
                .maximumWeight(units(roomBytes))
                .weigher((K key, Integer weight) -> weight)
                .evictionListener((key, weight, cause) -> {
                    if (key != null) {
                        cold.accept(key);
                    }
                })
                .executor(Runnable::run)
                .build();
        this.eviction = units.policy().eviction().orElseThrow();
    }

    /** Something came here, or is of another length now. */
    public void add(K key, long sizeBytes) {
        units.put(key, weight(sizeBytes));
    }

    /** It was read. */
    public void touch(K key) {
        Integer unused = units.getIfPresent(key); // being asked for it counts
    }

    /**
     * What may not be here was read.
     *
     * @param atOnce whether a first read will do as long as nothing has to go for it
     * @return whether it is worth being brought here
     */
    public boolean isWanted(K key, long sizeBytes, boolean atOnce) {
        if (units.getIfPresent(key) != null) {
            return true;
        }
        long left = eviction.getMaximum() - eviction.weightedSize().orElse(0);
        add(key, sizeBytes);
        units.cleanUp();
        // Where all room is taken it has to be read again: else whatever is read once, and in passing, would be brought
        // here.
        return atOnce && weight(sizeBytes) <= left && isWorthIt(key);
    }

    /** Whether nothing has to go for so many of a size. */
    public boolean hasRoom(long count, long sizeBytes) {
        return count * weight(sizeBytes)
                <= eviction.getMaximum() - eviction.weightedSize().orElse(0);
    }

    /** As how many bytes something of a size counts. */
    public long countsBytes(long sizeBytes) {
        return (long) weight(sizeBytes) * UNIT_BYTES;
    }

    public void forget(K key) {
        units.invalidate(key);
    }

    public boolean isWorthIt(K key) {
        return units.asMap().containsKey(key);
    }

    /** What is worth the least: so much that it counts as that many bytes. */
    public List<K> coldest(long bytes) {
        return coldest(bytes, key -> true);
    }

    /** The same of those that may go. */
    public List<K> coldest(long bytes, Predicate<K> mayGo) {
        AtomicLong left = new AtomicLong(units(bytes));
        return eviction.coldest(entries -> entries.filter(entry -> mayGo.test(entry.getKey()))
                .takeWhile(entry -> left.getAndAdd(-entry.weight()) > 0)
                .map(Policy.CacheEntry::getKey)
                .toList());
    }

    /** The tier has more or less room from now on. */
    public void room(long bytes) {
        eviction.setMaximum(units(bytes));
        units.cleanUp();
    }

    private int weight(long sizeBytes) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(leastUnits, units(sizeBytes)));
    }

    private static long units(long bytes) {
        return Math.max(0, bytes + UNIT_BYTES - 1) / UNIT_BYTES;
    }
}

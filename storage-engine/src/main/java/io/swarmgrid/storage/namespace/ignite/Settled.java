package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.IgniteException;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.GridCacheEntryEx;
import org.apache.ignite.internal.processors.cache.GridCacheEntryRemovedException;
import org.apache.ignite.internal.processors.cache.IgniteCacheProxy;
import org.apache.ignite.internal.processors.cache.KeyCacheObject;
import org.jspecify.annotations.Nullable;

/*
 * A change is prepared on every node that has a copy of one of its keys before it is applied on any, and its keys are locked
 * there until it is. So what is not locked here is not outdated anywhere; where it is locked another node may show what is
 * new already, and whoever heard of that may ask here: he waits until it has arrived. Read twice, since the lock may have come
 * and gone between the reading and the looking.
 */
/** Reads keys so that what was seen once, through any node, is seen through every node from then on. Thread-safe. */
final class Settled {
    private static final long PAUSE_NANOS = 50_000;

    private Settled() {}

    /**
     * What this node's copy has, once no change of it is half-way.
     *
     * @throws GridException CONFLICT where one stays half-way, as when a node hangs that has to apply it
     */
    static <K> byte @Nullable [] here(IgniteCache<K, byte[]> cache, K key) {
        long began = System.nanoTime();
        while (true) {
            byte[] value = cache.get(key);
            if (!isLocked(cache, key) && Arrays.equals(value, cache.get(key))) {
                return value;
            }
            if (System.nanoTime() - began > Transactions.TIMEOUT.toNanos()) {
                throw new GridException(
                        ErrorCode.CONFLICT,
                        "others keep changing the same, or a change of it is not coming to its end: " + cache.getName()
                                + " " + key);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** By any transaction: what the public interface calls locked are explicit locks alone. */
    private static <K> boolean isLocked(IgniteCache<K, byte[]> cache, K key) {
        GridCacheContext<K, byte[]> context = ((IgniteCacheProxy<K, byte[]>) cache).context();
        KeyCacheObject inner = context.toCacheKeyObject(key);
        while (true) {
            try {
                GridCacheEntryEx entry = context.cache().peekEx(inner);
                return entry != null && entry.lockedByAny();
            } catch (GridCacheEntryRemovedException e) {
                // Another one has taken its place.
                Thread.onSpinWait();
            }
        }
    }

    /** What the primary has, of a key that this node has no copy of: any other copy may be behind it. */
    static <K> byte @Nullable [] elsewhere(IgniteCache<K, byte[]> cache, K key) {
        try {
            return ((IgniteCacheProxy<K, byte[]>) cache).internalProxy().getForcePrimary(key);
        } catch (IgniteCheckedException e) {
            throw new IgniteException(e);
        }
    }
}

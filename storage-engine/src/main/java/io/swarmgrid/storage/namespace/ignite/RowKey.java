package io.swarmgrid.storage.namespace.ignite;

import java.util.Arrays;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.processors.cache.CacheObjectContext;
import org.apache.ignite.internal.processors.cache.KeyCacheObject;
import org.jspecify.annotations.Nullable;

/** A key as it lies in a store, the same on all nodes. Immutable. */
final class RowKey {
    /** That of its type, then its bytes. */
    private final byte[] octets;

    /** @param octets not to be changed any more */
    RowKey(byte[] octets) {
        this.octets = octets;
    }

    static RowKey of(KeyCacheObject key, CacheObjectContext context) throws IgniteCheckedException {
        byte[] bytes = key.valueBytes(context);
        byte[] octets = new byte[1 + bytes.length];
        octets[0] = key.cacheObjectType();
        System.arraycopy(bytes, 0, octets, 1, bytes.length);
        return new RowKey(octets);
    }

    /** Not to be changed. */
    byte[] octets() {
        return octets;
    }

    KeyCacheObject open(CacheObjectContext context) throws IgniteCheckedException {
        return context.kernalContext()
                .cacheObjects()
                .toKeyCacheObject(context, octets[0], Arrays.copyOfRange(octets, 1, octets.length));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowKey that && Arrays.equals(that.octets, octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }
}

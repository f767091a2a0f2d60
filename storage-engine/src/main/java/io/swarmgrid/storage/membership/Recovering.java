package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.backup.RestoreGate;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Function;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.CachePeekMode;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/**
 * Whether the grid is being recovered, or restored: one row beside its identity, a copy on every node, so that it outlives restarts.
 * Thread-safe.
 */
public final class Recovering implements RestoreGate {
    private static final String KEY = "recovering";
    private static final String RESTORER = "restorer";
    private static final String ERA = "era";
    private static final byte[] RECOVERING = {1};
    private static final byte[] RESTORING = {2};
    private static final byte[] NO = {0};

    private final EngineView view;
    private final LiveNodes nodes;
    private volatile boolean lost;

    Recovering(EngineView view, LiveNodes nodes) {
        this.view = view;
        this.nodes = nodes;
    }

    static void begin(IgniteCache<String, byte[]> cache) {
        cache.put(KEY, RECOVERING);
    }

    /** Looks at this node's copy. Never waits. */
    void refresh() {
        Ignite ignite = view.engine();
        if (ignite == null || !view.active()) {
            return;
        }
        IgniteCache<String, byte[]> cache = ignite.cache(GridIdentity.CACHE);
        if (cache != null) {
            seen(cache.localPeek(KEY, CachePeekMode.PRIMARY, CachePeekMode.BACKUP));
        }
    }

    /** Reads it where it counts. */
    void read(Ignite ignite) {
        seen(ignite.<String, byte[]>cache(GridIdentity.CACHE).get(KEY));
    }

    public boolean isOn() {
        return nodes.isRecovering();
    }

    @Override
    public boolean isLost() {
        return nodes.isRecovering() && lost;
    }

    @Override
    public boolean isClosed() {
        return nodes.isRecovering();
    }

    /**
     * Ends the recovery: the grid takes changes again, on this node at once, on the others within a moment. Idempotent.
     *
     * @throws GridException NO_QUORUM, UNAVAILABLE
     */
    public void end() {
        changed(cache -> {
            cache.put(KEY, NO);
            return cache.remove(RESTORER);
        });
        seen(NO);
    }

    @Override
    public void leave() {
        boolean unused = changed(cache -> cache.remove(RESTORER));
    }

    @Override
    public void open() {
        end();
    }

    @Override
    public void close() {
        byte[] now = changed(cache -> {
            claim(cache);
            byte[] before = cache.get(KEY);
            byte[] next = isSet(before, RECOVERING) ? RECOVERING : RESTORING;
            cache.put(KEY, next);
            return next;
        });
        seen(now);
    }

    @Override
    public void look() {
        byte @Nullable [] found = changed(cache -> cache.containsKey(KEY) ? cache.get(KEY) : NO);
        seen(found);
    }

    @Override
    public long nextEra(long above) {
        return changed(cache -> {
            byte[] stored = cache.get(ERA);
            long next = Math.max(stored == null ? 0 : ByteBuffer.wrap(stored).getLong(), above) + 1;
            cache.put(ERA, ByteBuffer.allocate(Long.BYTES).putLong(next).array());
            return next;
        });
    }

    /** One node at a time; one that is gone is at nothing any more. */
    private static void claim(IgniteCache<String, byte[]> cache) {
        Ignite ignite = cache.unwrap(Ignite.class);
        UUID own = ignite.cluster().localNode().id();
        byte[] mine = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(own.getMostSignificantBits())
                .putLong(own.getLeastSignificantBits())
                .array();
        byte[] before = cache.getAndPutIfAbsent(RESTORER, mine);
        if (before == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(before);
        UUID holder = new UUID(bytes.getLong(), bytes.getLong());
        ClusterNode other = ignite.cluster().node(holder);
        if (other != null && !holder.equals(own)) {
            throw new GridException(
                    ErrorCode.CONFLICT,
                    "another node restores a backup: node=" + Attributes.name(other),
                    null,
                    "wait for its end, or ask that node",
                    null);
        }
        cache.put(RESTORER, mine);
    }

    private <T> T changed(Function<IgniteCache<String, byte[]>, T> change) {
        nodes.requireQuorum();
        Ignite ignite = view.engine();
        if (ignite == null) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the metadata engine does not run");
        }
        try {
            return change.apply(ignite.cache(GridIdentity.CACHE));
        } catch (IgniteException | javax.cache.CacheException | IllegalStateException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "the metadata did not take whether the grid is being recovered: " + e.getMessage(),
                    e);
        }
    }

    private static boolean isSet(byte @Nullable [] stored, byte[] value) {
        return stored != null && stored.length == 1 && stored[0] == value[0];
    }

    private void seen(byte @Nullable [] stored) {
        lost = isSet(stored, RECOVERING);
        nodes.recovering(isSet(stored, RECOVERING) || isSet(stored, RESTORING));
    }
}

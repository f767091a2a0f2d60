package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.CachePeekMode;
import org.jspecify.annotations.Nullable;

/**
 * Whether the grid is being recovered: one row beside its identity, a copy on every node, so that it outlives restarts.
 * Thread-safe.
 */
public final class Recovering {
    private static final String KEY = "recovering";
    private static final byte[] YES = {1};
    private static final byte[] NO = {0};

    private final EngineView view;
    private final LiveNodes nodes;

    Recovering(EngineView view, LiveNodes nodes) {
        this.view = view;
        this.nodes = nodes;
    }

    static void begin(IgniteCache<String, byte[]> cache) {
        cache.put(KEY, YES);
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

    /**
     * Ends the recovery: the grid takes changes again, on this node at once, on the others within a moment. Idempotent.
     *
     * @throws GridException NO_QUORUM, UNAVAILABLE
     */
    public void end() {
        nodes.requireQuorum();
        Ignite ignite = view.engine();
        if (ignite == null) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the metadata engine does not run");
        }
        try {
            ignite.<String, byte[]>cache(GridIdentity.CACHE).put(KEY, NO);
        } catch (IgniteException | javax.cache.CacheException | IllegalStateException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "the metadata did not take the end of the recovery: " + e.getMessage(), e);
        }
        nodes.recovering(false);
    }

    private void seen(byte @Nullable [] stored) {
        nodes.recovering(stored != null && stored.length == 1 && stored[0] == YES[0]);
    }
}

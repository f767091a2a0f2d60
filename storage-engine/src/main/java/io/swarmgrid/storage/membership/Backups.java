package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.LastBackup;
import io.swarmgrid.storage.backup.BackupMemory;
import java.util.Optional;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.CachePeekMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A row beside the grid's identity, a copy on every node. */
final class Backups implements BackupMemory {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final String KEY = "backup";

    private final EngineView view;

    Backups(EngineView view) {
        this.view = view;
    }

    @Override
    public Optional<LastBackup> last() {
        Ignite ignite = view.engine();
        if (ignite == null || !view.active()) {
            return Optional.empty();
        }
        IgniteCache<String, byte[]> cache = ignite.cache(GridIdentity.CACHE);
        byte[] stored = cache == null ? null : cache.localPeek(KEY, CachePeekMode.PRIMARY, CachePeekMode.BACKUP);
        try {
            return stored == null ? Optional.empty() : Optional.of(Json.read(stored, LastBackup.class));
        } catch (GridException e) {
            LOG.warn("the last backup cannot be told, a newer version may have written it: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void made(LastBackup backup) {
        Ignite ignite = view.engine();
        if (ignite == null) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the metadata engine does not run");
        }
        try {
            ignite.<String, byte[]>cache(GridIdentity.CACHE).put(KEY, Json.write(backup));
        } catch (IgniteException | javax.cache.CacheException | IllegalStateException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "the grid does not keep which backup was the last: " + e.getMessage(), e);
        }
    }
}

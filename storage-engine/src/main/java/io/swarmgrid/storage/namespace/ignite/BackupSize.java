package io.swarmgrid.storage.namespace.ignite;

import java.util.List;
import javax.cache.Cache;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.CachePeekMode;

/**
 * About how large this node's part of a backup becomes: how many rows it has is known, and how long they are is seen in some of
 * them. The files of the metadata would say too much: they stay as large as they ever were.
 */
final class BackupSize {
    private static final int SAMPLE = 100_000;
    /** Key, version, lengths and checksum of a row. */
    private static final int ROW_BYTES = 96;
    /** For rows that came between the count and the look. */
    private static final int UNSEEN_BYTES = 256;
    /** Each partition has a file of its own. */
    private static final int FILE_BYTES = 8 << 10;

    private static final List<String> CACHES = List.of(
            NamespaceCaches.DENTRIES,
            NamespaceCaches.INODES,
            NamespaceCaches.INLINE,
            NamespaceCaches.BLOCKS,
            NamespaceCaches.TRASH);

    private BackupSize() {}

    static long estimateBytes(Ignite ignite) {
        long bytes = 0;
        int partitions = 0;
        for (String name : CACHES) {
            IgniteCache<Object, byte[]> cache =
                    ignite.<Object, byte[]>cache(name).withKeepBinary();
            partitions = ignite.affinity(name).partitions();
            long rows = cache.localSizeLong(CachePeekMode.PRIMARY, CachePeekMode.BACKUP);
            bytes += rows == 0 ? 0 : rows * (ROW_BYTES + averageBytes(cache));
        }
        return bytes + bytes / 8 + (long) partitions * FILE_BYTES;
    }

    /** Of the rows that come first, copies for other nodes among them. */
    private static long averageBytes(IgniteCache<Object, byte[]> cache) {
        long bytes = 0;
        int rows = 0;
        for (Cache.Entry<Object, byte[]> row : cache.localEntries(CachePeekMode.PRIMARY, CachePeekMode.BACKUP)) {
            bytes += row.getValue().length;
            if (++rows == SAMPLE) {
                break;
            }
        }
        return rows == 0 ? UNSEEN_BYTES : bytes / rows;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.CacheGroupContext;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.persistence.CacheDataRow;
import org.apache.ignite.internal.util.lang.GridIterator;
import org.apache.ignite.internal.util.typedef.internal.CU;

/** One node's copy of a partition of the metadata, changed in its store as a fault of the engine would, without a word to anybody. */
final class StoredCopy {
    private final CacheGroupContext group;
    private final GridDhtLocalPartition copy;

    private StoredCopy(Ignite ignite, int partition) {
        this.group = group(ignite);
        this.copy = group.topology().localPartition(partition);
    }

    static StoredCopy of(TestGrid.Member member, int partition) {
        return new StoredCopy(member.ignite(), partition);
    }

    /** The partition of which a node has the most rows. */
    static int fullest(TestGrid.Member member) {
        return group(member.ignite()).topology().localPartitions().stream()
                .max(Comparator.comparing(GridDhtLocalPartition::fullSize))
                .orElseThrow()
                .id();
    }

    private static CacheGroupContext group(Ignite ignite) {
        return ((IgniteEx) ignite).context().cache().cacheGroup(CU.cacheId(NamespaceCaches.GROUP));
    }

    /** But for what expires; in the same order on each node that has the same. */
    private List<CacheDataRow> rows() throws IgniteCheckedException {
        List<CacheDataRow> rows = new ArrayList<>();
        GridIterator<CacheDataRow> all = group.offheap().partitionIterator(copy.id());
        while (all.hasNext()) {
            CacheDataRow row = all.next();
            if (row.expireTime() == 0) {
                rows.add(row);
            }
        }
        return rows;
    }

    private List<CacheDataRow> rows(String cache) throws IgniteCheckedException {
        return rows().stream().filter(row -> row.cacheId() == CU.cacheId(cache)).toList();
    }

    int count() throws IgniteCheckedException {
        return rows().size();
    }

    int count(String cache) throws IgniteCheckedException {
        return rows(cache).size();
    }

    /** Takes rows away, by where they are in it, and says how many. */
    int lose(IntPredicate which) throws IgniteCheckedException {
        List<CacheDataRow> rows = rows();
        int lost = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (which.test(i)) {
                GridCacheContext<?, ?> cache = context(rows.get(i));
                group.shared().database().checkpointReadLock();
                try {
                    cache.offheap().remove(cache, rows.get(i).key(), copy.id(), copy);
                } finally {
                    group.shared().database().checkpointReadUnlock();
                }
                lost++;
            }
        }
        return lost;
    }

    /** Gives a row of a cache another value, by where it is among its rows. */
    void change(String cacheName, int which, byte[] value) throws IgniteCheckedException {
        CacheDataRow row = rows(cacheName).get(which);
        GridCacheContext<?, ?> cache = context(row);
        group.shared().database().checkpointReadLock();
        try {
            cache.offheap().update(cache, row.key(), cache.toCacheObject(value), row.version(), 0, copy, null);
        } finally {
            group.shared().database().checkpointReadUnlock();
        }
    }

    /** Whether a row has the same value in both, by where it is among those of a cache. */
    boolean isLike(StoredCopy other, String cache, int which) throws IgniteCheckedException {
        return Arrays.equals(value(cache, which), other.value(cache, which));
    }

    private byte[] value(String cache, int which) throws IgniteCheckedException {
        return rows(cache).get(which).value().valueBytes(group.cacheObjectContext());
    }

    private GridCacheContext<?, ?> context(CacheDataRow row) {
        return group.shared().cacheContext(row.cacheId());
    }
}

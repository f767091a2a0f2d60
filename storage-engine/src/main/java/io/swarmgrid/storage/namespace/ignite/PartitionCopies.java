package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.CacheGroupContext;
import org.apache.ignite.internal.processors.cache.CacheObjectValueContext;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.PartitionUpdateCounter;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtPartitionState;
import org.apache.ignite.internal.processors.cache.persistence.CacheDataRow;
import org.apache.ignite.internal.util.lang.GridIterator;
import org.apache.ignite.internal.util.typedef.internal.CU;

/*
 * Ignite compares copies by how many changes they have seen, and takes those that have seen as many for alike: a copy that lost rows
 * otherwise is never noticed, and is read from once its node is the primary. Ignite's own comparison (idle_verify) is for caches
 * that nobody changes. Here a copy is read again where it has changed meanwhile, and copies are compared by the changes that they
 * have seen, so it can be done at any time.
 */
/** The copies of the metadata's partitions on this node, as they lie in its store. Thread-safe. */
final class PartitionCopies {
    private static final int ATTEMPTS = 3;

    private final IgniteEx ignite;

    PartitionCopies(Ignite ignite) {
        this.ignite = (IgniteEx) ignite;
    }

    /** A row, as the cache has it. */
    record Row(String cache, Object key) {}

    /**
     * Reads a copy from end to end.
     *
     * @return nothing where this node has none, or has it not whole
     * @throws GridException CORRUPT_DATA where it cannot be read
     */
    Optional<PartitionDigest> digest(int partition) {
        return reading(partition, (group, copy) -> {
            for (int i = 0; i < ATTEMPTS; i++) {
                long before = settled(copy);
                Sum sum = new Sum(group);
                forEach(group, partition, sum::add);
                if (before >= 0 && before == settled(copy)) {
                    return Optional.of(new PartitionDigest(partition, before, sum.rows, sum.sum));
                }
            }
            return Optional.of(PartitionDigest.changing(partition));
        });
    }

    /** What a copy has, but for what expires; nothing where this node has none. */
    List<Row> rows(int partition) {
        return reading(partition, (group, copy) -> {
                    List<Row> rows = new ArrayList<>();
                    forEach(
                            group,
                            partition,
                            (cache, row) -> rows.add(
                                    new Row(cache.name(), row.key().value(cache.cacheObjectContext(), false))));
                    return Optional.of(rows);
                })
                .orElse(List.of());
    }

    /** How many changes have come, where none before them is missing and none is under way; else negative. */
    private static long settled(GridDhtLocalPartition copy) {
        PartitionUpdateCounter counter = copy.dataStore().partUpdateCounter();
        if (counter == null) {
            return 0; // nothing was ever written there
        }
        long seen = counter.get();
        return counter.sequential() && counter.reserved() <= seen ? seen : -1;
    }

    private interface Reading<T> {
        Optional<T> read(CacheGroupContext group, GridDhtLocalPartition copy) throws IgniteCheckedException;
    }

    private interface Each {
        void row(GridCacheContext<?, ?> cache, CacheDataRow row) throws IgniteCheckedException;
    }

    private <T> Optional<T> reading(int partition, Reading<T> reading) {
        CacheGroupContext group = ignite.context().cache().cacheGroup(CU.cacheId(NamespaceCaches.GROUP));
        GridDhtLocalPartition copy = group == null ? null : group.topology().localPartition(partition);
        if (copy == null || !copy.reserve()) {
            return Optional.empty();
        }
        try {
            return copy.state() == GridDhtPartitionState.OWNING ? reading.read(group, copy) : Optional.empty();
        } catch (IgniteCheckedException e) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "metadata cannot be read here: partition=" + partition + ": " + e.getMessage(),
                    null,
                    "see this node's log; where other nodes have it, remove this node's metadata and start it again",
                    e);
        } finally {
            copy.release();
        }
    }

    /** But for what expires: each node's own clock ends that, and not at all where the node has had it from its log. */
    private static void forEach(CacheGroupContext group, int partition, Each each) throws IgniteCheckedException {
        GridIterator<CacheDataRow> rows = group.offheap().partitionIterator(partition);
        while (rows.hasNext()) {
            CacheDataRow row = rows.next();
            GridCacheContext<?, ?> cache = group.shared().cacheContext(row.cacheId());
            if (cache != null && !cache.name().equals(NamespaceCaches.OPERATIONS)) {
                each.row(cache, row);
            }
        }
    }

    /** A sum of sums, so that the order does not matter, of two checks each, so that what differs differs in it. */
    private static final class Sum {
        private static final long MIX = 0x9E3779B97F4A7C15L;

        private final CacheGroupContext group;
        private final CRC32C first = new CRC32C();
        private final CRC32 second = new CRC32();
        private long rows;
        private long sum;

        Sum(CacheGroupContext group) {
            this.group = group;
        }

        void add(GridCacheContext<?, ?> cache, CacheDataRow row) throws IgniteCheckedException {
            CacheObjectValueContext context = group.cacheObjectContext();
            first.reset();
            second.reset();
            take(row.key().valueBytes(context));
            take(row.value().valueBytes(context));
            long both = first.getValue() << Integer.SIZE | second.getValue();
            long mixed = (both ^ row.cacheId()) * MIX;
            sum += mixed ^ mixed >>> Integer.SIZE;
            rows++;
        }

        private void take(byte[] bytes) {
            first.update(bytes);
            second.update(bytes);
        }
    }
}

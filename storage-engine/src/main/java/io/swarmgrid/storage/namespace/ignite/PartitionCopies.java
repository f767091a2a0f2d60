package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.IgniteException;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.CacheGroupContext;
import org.apache.ignite.internal.processors.cache.CacheObjectContext;
import org.apache.ignite.internal.processors.cache.CacheObjectValueContext;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtPartitionState;
import org.apache.ignite.internal.processors.cache.persistence.CacheDataRow;
import org.apache.ignite.internal.util.lang.GridCursor;
import org.apache.ignite.internal.util.lang.GridIterator;
import org.apache.ignite.internal.util.typedef.internal.CU;
import org.jspecify.annotations.Nullable;

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

    /**
     * Reads a copy from end to end.
     *
     * @return nothing where this node has none, or has it not whole
     * @throws GridException CORRUPT_DATA where it cannot be read
     */
    Optional<PartitionDigest> digest(int partition) {
        return reading(partition, (group, copy) -> {
            for (int i = 0; i < ATTEMPTS; i++) {
                long before = PartitionChanges.seen(copy);
                Sum sum = new Sum(group);
                if (before >= 0 && sum.addAll(partition, () -> before == PartitionChanges.seen(copy))) {
                    return Optional.of(new PartitionDigest(partition, before, sum.rows, sum.sum));
                }
            }
            return Optional.of(PartitionDigest.changing(partition));
        });
    }

    /** The caches whose copies are compared: all but those whose rows expire, see {@link Sum#addAll}. */
    List<String> caches() {
        return requireGroup().caches().stream()
                .filter(PartitionCopies::isCompared)
                .map(GridCacheContext::name)
                .sorted()
                .toList();
    }

    /**
     * Reads a part of a copy.
     *
     * @param after what comes before the first row; nothing for the beginning
     * @param upTo the last row at most; nothing for the end
     * @return nothing where this node has no copy, or has it not whole
     * @throws GridException CORRUPT_DATA where it cannot be read
     */
    Optional<RowPage> page(int partition, String cache, @Nullable RowKey after, @Nullable RowKey upTo, int limit) {
        return reading(partition, (group, copy) -> {
            GridCacheContext<?, ?> context = group.shared().cacheContext(CU.cacheId(cache));
            if (context == null) {
                return Optional.empty();
            }
            CacheObjectContext objects = context.cacheObjectContext();
            GridCursor<? extends CacheDataRow> found = copy.dataStore()
                    .cursor(
                            context.cacheId(),
                            after == null ? null : after.open(objects),
                            upTo == null ? null : upTo.open(objects));
            RowDigest digest = new RowDigest();
            List<RowPage.Row> rows = new ArrayList<>();
            while (found.next()) {
                CacheDataRow row = found.get();
                RowKey key = RowKey.of(row.key(), objects);
                if (key.equals(after)) {
                    continue;
                }
                if (rows.size() == limit) {
                    return Optional.of(new RowPage(rows, true));
                }
                rows.add(new RowPage.Row(key, digest.of(row.value().valueBytes(objects))));
            }
            return Optional.of(new RowPage(rows, false));
        });
    }

    /** A key as callers of the cache have it. */
    Object open(String cache, RowKey key) {
        try {
            CacheObjectContext context =
                    requireGroup().shared().cacheContext(CU.cacheId(cache)).cacheObjectContext();
            return key.open(context).value(context, false);
        } catch (IgniteCheckedException e) {
            throw new IgniteException(e);
        }
    }

    private interface Reading<T> {
        Optional<T> read(CacheGroupContext group, GridDhtLocalPartition copy) throws IgniteCheckedException;
    }

    private <T> Optional<T> reading(int partition, Reading<T> reading) {
        CacheGroupContext group = group();
        GridDhtLocalPartition copy = group == null ? null : group.topology().localPartition(partition);
        if (group == null || copy == null || !copy.reserve()) {
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

    private @Nullable CacheGroupContext group() {
        return ignite.context().cache().cacheGroup(CU.cacheId(NamespaceCaches.GROUP));
    }

    private CacheGroupContext requireGroup() {
        CacheGroupContext group = group();
        if (group == null) {
            throw Tables.inactive();
        }
        return group;
    }

    private static boolean isCompared(GridCacheContext<?, ?> cache) {
        return !cache.name().equals(NamespaceCaches.OPERATIONS);
    }

    /** A sum of sums, so that the order does not matter. */
    private static final class Sum {
        private static final long MIX = 0x9E3779B97F4A7C15L;
        private static final int ROWS_BETWEEN_LOOKS = 256;

        private final CacheGroupContext group;
        private final RowDigest digest = new RowDigest();
        private long rows;
        private long sum;

        Sum(CacheGroupContext group) {
            this.group = group;
        }

        /**
         * But for what expires: each node's own clock ends that, and not at all where the node has had it from its log.
         *
         * @param holds whether it is still of use; looked at now and then, since a copy that changes has to be read again anyway
         * @return whether it was, to the end
         */
        boolean addAll(int partition, BooleanSupplier holds) throws IgniteCheckedException {
            GridIterator<CacheDataRow> all = group.offheap().partitionIterator(partition);
            while (all.hasNext()) {
                CacheDataRow row = all.next();
                GridCacheContext<?, ?> cache = group.shared().cacheContext(row.cacheId());
                if (cache != null && isCompared(cache)) {
                    add(row);
                    if (rows % ROWS_BETWEEN_LOOKS == 0 && !holds.getAsBoolean()) {
                        return false;
                    }
                }
            }
            return holds.getAsBoolean();
        }

        private void add(CacheDataRow row) throws IgniteCheckedException {
            CacheObjectValueContext context = group.cacheObjectContext();
            long both = digest.of(row.key().valueBytes(context), row.value().valueBytes(context));
            long mixed = (both ^ row.cacheId()) * MIX;
            sum += mixed ^ mixed >>> Integer.SIZE;
            rows++;
        }
    }
}

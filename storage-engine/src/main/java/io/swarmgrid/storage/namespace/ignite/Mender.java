package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.IntSupplier;
import javax.cache.Cache;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends, or takes back, what a change has begun that was cut off by the end of all nodes that had a part of it: see {@link Torn}. Looks
 * at each partition when this node has become its primary, all at once in the beginning, when the grid waits for that, and a few at a
 * time later; and at all again when a node has come back, which may have brought the latest log of one that others are the primaries
 * of. What it finds is looked at again in a transaction, which sees whole what others do meanwhile. Thread-safe.
 */
final class Mender {
    private static final Logger LOG = LoggerFactory.getLogger(Mender.class);
    private static final int PAGE = 512;
    /** Looked at in one run but the first: others wait for what comes after it. */
    private static final int PARTITIONS = 8;

    private final Runner runner;
    private final Clock clock;
    private final Set<UUID> known = new HashSet<>();
    private final BitSet mended = new BitSet();
    private volatile BitSet doubtful = new BitSet();

    Mender(Runner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /** Looks at partitions that this node has become the primary of. @return how many entries were put right */
    synchronized int run() {
        boolean first = known.isEmpty();
        if (known.addAll(runner.look(Tables::servers))) {
            mended.clear();
        }
        List<Integer> seen = new ArrayList<>();
        BitSet failed = new BitSet();
        int count = 0;
        for (int partition : runner.look(Tables::primaryPartitions)) {
            if (!mended.get(partition) && (first || seen.size() < PARTITIONS)) {
                seen.add(partition);
                count += tried(partition, failed, () -> inodes(partition) + names(partition));
            }
        }
        // Last: what is remembered may be told of what has just been taken back.
        for (int partition : seen) {
            count += failed.get(partition) ? 0 : tried(partition, failed, () -> outcomes(partition));
            mended.set(partition, !failed.get(partition));
        }
        doubtful = failed;
        return count;
    }

    /** Whether a partition could not be looked at, when that was tried last. */
    boolean isDoubtful(int partition) {
        return doubtful.get(partition);
    }

    private static int tried(int partition, BitSet failed, IntSupplier look) {
        try {
            return look.getAsInt();
        } catch (GridException | StaleException e) {
            failed.set(partition);
            LOG.warn(
                    "a partition was not looked at for changes that were cut off, which is tried again: partition={}, problem={}",
                    partition,
                    e.getMessage());
            return 0;
        }
    }

    private int inodes(int partition) {
        List<Long> torn = runner.look(tables -> find(
                tables.inodeCache(),
                partition,
                (id, row) -> Ids.isInode(id) && id != Ids.ROOT && TornInodes.isTorn(tables, id, Inode.decode(row))));
        return told(torn, change(torn, id -> tables -> TornInodes.mend(tables, id, clock.millis())));
    }

    private int names(int partition) {
        List<DentryKey> torn = runner.look(tables -> find(
                tables.dentryCache(),
                partition,
                (key, row) -> !key.isGuard() && TornNames.isTorn(tables, key, Dentry.decode(row))));
        return told(torn, change(torn, key -> tables -> TornNames.mend(tables, key, clock.millis())));
    }

    private static int told(List<?> torn, int count) {
        if (count > 0) {
            LOG.warn("changes that were cut off by the end of all nodes were ended: entries={} of {}", count, torn);
        }
        return count;
    }

    /** Forgets also what is gone by now: whether it ever was cannot be told. */
    private int outcomes(int partition) {
        List<String> untrue =
                runner.look(tables -> find(tables.operationCache(), partition, (id, row) -> Outcome.decode(row)
                        .isUntrue(tables)));
        return change(untrue, id -> tables -> {
            byte[] row = tables.operation(id);
            boolean forget = row != null && Outcome.decode(row).isUntrue(tables);
            if (forget) {
                tables.dropOperation(id);
            }
            return forget;
        });
    }

    private <K> int change(List<K> keys, Function<K, Function<Tables, Boolean>> change) {
        int count = 0;
        for (K key : keys) {
            count += runner.mend(change.apply(key)) ? 1 : 0;
        }
        return count;
    }

    private static <K> List<K> find(IgniteCache<K, byte[]> cache, int partition, BiPredicate<K, byte[]> isTorn) {
        ScanQuery<K, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setPageSize(PAGE).setLocal(true);
        List<K> found = new ArrayList<>();
        try (QueryCursor<Cache.Entry<K, byte[]>> cursor = cache.query(query)) {
            for (Cache.Entry<K, byte[]> row : cursor) {
                if (isTorn.test(row.getKey(), row.getValue())) {
                    found.add(row.getKey());
                }
            }
        }
        return found;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import javax.cache.Cache;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends, or takes back, what a change has begun that was cut off by the end of all nodes that had a part of it: see {@link Torn}. Looks
 * at each partition once in the life of a process, when it is its primary: whoever comes back with the latest log of a partition is that.
 * What it finds is looked at again in a transaction, which sees whole what others do meanwhile. Confined to one thread.
 */
final class Mender {
    private static final Logger LOG = LoggerFactory.getLogger(Mender.class);
    private static final int PAGE = 512;

    private final Runner runner;
    private final Clock clock;
    private final BitSet mended = new BitSet();

    Mender(Runner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /** Looks at the partitions that this node has become the primary of. @return how many entries were put right */
    int run() {
        List<Integer> seen = new ArrayList<>();
        int count = 0;
        for (int partition : runner.look(Tables::primaryPartitions)) {
            if (!mended.get(partition)) {
                try {
                    count += inodes(partition) + names(partition);
                    seen.add(partition);
                } catch (GridException | StaleException e) {
                    LOG.warn(
                            "a partition was not looked at for changes that were cut off, which is tried again:"
                                    + " partition={}, problem={}",
                            partition,
                            e.getMessage());
                }
            }
        }
        // Last: what is remembered may be told of what has just been taken back.
        for (int partition : seen) {
            count += outcomes(partition);
            mended.set(partition);
        }
        return count;
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
        return told(torn, change(torn, key -> tables -> TornNames.mend(tables, key)));
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
            count += runner.changeHere(change.apply(key)) ? 1 : 0;
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

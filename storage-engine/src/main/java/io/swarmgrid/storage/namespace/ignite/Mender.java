package io.swarmgrid.storage.namespace.ignite;

import java.time.Clock;
import java.util.ArrayList;
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
 * once in the life of a process, at the partitions that it is the primary of then: where another copy has lived on, nothing was cut off.
 * What it finds is looked at again in a transaction, which sees whole what others do meanwhile. Confined to one thread.
 */
final class Mender {
    private static final Logger LOG = LoggerFactory.getLogger(Mender.class);
    private static final int PAGE = 512;

    private final Runner runner;
    private final Clock clock;
    private boolean hasLooked;

    Mender(Runner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /** Looks, the first time. @return how many entries were put right */
    int run() {
        if (hasLooked) {
            return 0;
        }
        int[] partitions = runner.look(Tables::primaryPartitions);
        int count = 0;
        for (int partition : partitions) {
            count += inodes(partition) + names(partition);
        }
        // Last: what is remembered may be told of what has just been taken back.
        for (int partition : partitions) {
            count += outcomes(partition);
        }
        hasLooked = true;
        if (count > 0) {
            LOG.warn("changes that were cut off by the end of all nodes were ended: entries={}", count);
        }
        return count;
    }

    private int inodes(int partition) {
        List<Long> torn = runner.look(tables -> find(
                tables.inodeCache(),
                partition,
                (id, row) -> Ids.isInode(id) && id != Ids.ROOT && TornInodes.isTorn(tables, id, Inode.decode(row))));
        return mend(torn, id -> tables -> TornInodes.mend(tables, id, clock.millis()));
    }

    private int names(int partition) {
        List<DentryKey> torn = runner.look(tables -> find(
                tables.dentryCache(),
                partition,
                (key, row) -> !key.isGuard() && TornNames.isTorn(tables, key, Dentry.decode(row))));
        return mend(torn, key -> tables -> TornNames.mend(tables, key));
    }

    private int outcomes(int partition) {
        List<String> untrue =
                runner.look(tables -> find(tables.operationCache(), partition, (id, row) -> Outcome.decode(row)
                        .isUntrue(tables)));
        return mend(untrue, id -> tables -> {
            byte[] row = tables.operation(id);
            boolean forget = row != null && Outcome.decode(row).isUntrue(tables);
            if (forget) {
                tables.dropOperation(id);
            }
            return forget;
        });
    }

    private <K> int mend(List<K> keys, Function<K, Function<Tables, Boolean>> change) {
        int count = 0;
        for (K key : keys) {
            if (runner.changeHere(change.apply(key))) {
                LOG.warn("a change was cut off here by the end of all nodes, and was ended: entry={}", key);
                count++;
            }
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

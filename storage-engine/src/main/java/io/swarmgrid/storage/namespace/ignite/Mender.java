package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import javax.cache.Cache;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends, or takes back, what a change has begun that was cut off by the end of all nodes that had a part of it: see {@link Torn}. Looks
 * at each partition when this node has become its primary, at all of them in the beginning, when the grid waits for that, and for a
 * moment at a time later; and at all again when a node has come back, which may have brought the latest log of one that others are the
 * primaries of. What it finds is looked at again in a transaction, which sees whole what others do meanwhile. Thread-safe.
 */
final class Mender {
    private static final Logger LOG = LoggerFactory.getLogger(Mender.class);
    private static final int PAGE = 512;
    /** So long others wait for what comes after it, once all was looked at in the beginning. */
    private static final long RUN_NANOS = 500_000_000L;

    private final Runner runner;
    private final Clock clock;
    private final Set<UUID> known = new HashSet<>();
    private final BitSet mended = new BitSet();
    private final BitSet failed = new BitSet();
    /** Of the failed ones those that no second look makes good. */
    private final BitSet unreadable = new BitSet();

    private volatile BitSet doubtful = new BitSet();
    private boolean whole;
    private int turn;

    Mender(Runner runner, Clock clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /** Looks at partitions that this node has become the primary of. @return how many entries were put right */
    synchronized int run() {
        int[] partitions = runner.look(Tables::primaryPartitions);
        if (known.addAll(runner.look(Tables::servers))) {
            mended.clear();
        }
        long begun = System.nanoTime();
        List<Integer> seen = new ArrayList<>();
        int count = 0;
        int offset = turn;
        for (int i = 0; i < partitions.length && (!whole || System.nanoTime() - begun < RUN_NANOS); i++) {
            int partition = partitions[(offset + i) % partitions.length];
            turn = (offset + i + 1) % partitions.length;
            if (!mended.get(partition)) {
                seen.add(partition);
                failed.clear(partition);
                unreadable.clear(partition);
                count += tried(partition, () -> inodes(partition) + names(partition));
            }
        }
        // Last: what is remembered may be told of what has just been taken back.
        for (int partition : seen) {
            count += failed.get(partition) ? 0 : tried(partition, () -> outcomes(partition));
            mended.set(partition, !failed.get(partition));
        }
        doubtful = (BitSet) failed.clone();
        return count;
    }

    /**
     * Whether all that this node is the primary of has been looked at since it started, but for what cannot be: no node has the
     * metadata that it takes, or that cannot be read.
     */
    synchronized boolean isWhole() {
        if (!whole) {
            whole = IntStream.of(runner.look(Tables::primaryPartitions))
                            .allMatch(partition -> mended.get(partition) || unreadable.get(partition))
                    || runner.look(Mender::hasLost);
        }
        return whole;
    }

    /** Whether no node has some of the names or inodes now. */
    private static boolean hasLost(Tables tables) {
        return !tables.dentryCache().lostPartitions().isEmpty()
                || !tables.inodeCache().lostPartitions().isEmpty();
    }

    /** Whether a partition could not be looked at, when that was tried last. */
    boolean isDoubtful(int partition) {
        return doubtful.get(partition);
    }

    private int tried(int partition, IntSupplier look) {
        try {
            return look.getAsInt();
        } catch (RuntimeException e) {
            boolean later = e instanceof StaleException
                    || (e instanceof GridException error && error.kind() != ErrorKind.FATAL);
            failed.set(partition);
            unreadable.set(partition, !later);
            LOG.warn(
                    "a partition was not looked at for changes that were cut off, which is tried again: partition={}, problem={}",
                    partition,
                    e.toString());
            return 0;
        }
    }

    private int inodes(int partition) {
        AtomicBoolean counts = new AtomicBoolean();
        List<Long> torn = runner.look(tables -> find(tables.inodeCache(), partition, (id, row) -> {
            Inode inode = Ids.isInode(id) ? Inode.decode(row) : null;
            counts.compareAndSet(false, inode != null && inode.charge().counts());
            return inode != null && TornInodes.isTorn(tables, id, inode, clock.millis());
        }));
        int count = told(torn, change(torn, id -> tables -> TornInodes.mend(tables, id, clock.millis())));
        return count + told(List.of("shares of quotas"), new TornQuotas(runner, partition).mend(counts.get()));
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

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import javax.cache.Cache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is below directories that were given a quota or lost it: the node that is the primary of a quota does, a moment at a time, and
 * one node at a time in the grid, so that two do not begin each other's directories anew for ever. What a node leaves undone the next one
 * begins anew. Thread-safe.
 */
final class QuotaWork {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaWork.class);
    private static final long RUN_NANOS = 500_000_000L;
    /** Whoever's turn it is, and is not heard of for so long, is gone. */
    private static final long SILENCE_NANOS = 30_000_000_000L;

    private final Runner runner;
    private final Ids ids;
    private final LongSupplier nanoTime;
    private final long token;
    private byte @Nullable [] heard;
    private long heardNanos;
    private @Nullable QuotaWalk walk;

    QuotaWork(Runner runner, Ids ids, LongSupplier nanoTime) {
        this.runner = runner;
        this.ids = ids;
        this.nanoTime = nanoTime;
        this.token = ids.token();
    }

    private record Due(long quota, long directory) {}

    /** Goes on with what there is to do. */
    synchronized void run() {
        try {
            Deque<Due> due = new ArrayDeque<>(runner.look(QuotaWork::due));
            QuotaWalk begun = walk;
            if (begun != null && !due.removeIf(each -> each.quota == begun.quota())) {
                walk = null;
            }
            goOn(due);
        } catch (GridException | StaleException e) {
            LOG.info("what counts for a quota is counted later: problem={}", e.getMessage());
        }
    }

    private void goOn(Deque<Due> due) {
        long until = System.nanoTime() + RUN_NANOS;
        while (System.nanoTime() - until < 0 && (walk != null || !due.isEmpty())) {
            if (!runner.changeHere(this::isOurTurn)) {
                return;
            }
            QuotaWalk current = walk == null ? of(due.remove()) : walk;
            walk = current;
            if (!current.goOn(until)) {
                return;
            }
            walk = null;
            runner.changeHere(tables -> end(tables, current.quota()));
        }
    }

    /** Lets others have their turn. Of a directory that is gone nothing is left to be told. */
    private static boolean end(Tables tables, long id) {
        Charging charging = tables.charging();
        Quota quota = charging.quota(id);
        if (quota != null && quota.state() == Quota.State.CLEARING && tables.guard(quota.directory()) == null) {
            charging.forget(tables.partitions(), id);
        }
        charging.drop(QuotaKey.WORK);
        return true;
    }

    private QuotaWalk of(Due due) {
        return new QuotaWalk(runner, due.quota, due.directory, ids.token());
    }

    /** By how long a row does not change, as this node sees it: clocks of nodes are not compared. */
    private boolean isOurTurn(Tables tables) {
        byte[] row = tables.charging().rows().get(QuotaKey.WORK);
        RecordReader in = row == null ? null : new RecordReader(row);
        boolean ours = in == null || in.fixed() == token;
        if (!ours && !isSilent(row)) {
            return false;
        }
        long beats = in == null || !ours ? 0 : in.count();
        byte[] turn = new RecordWriter(24).fixed(token).count(beats + 1).done();
        tables.charging().rows().put(QuotaKey.WORK, turn);
        return true;
    }

    private boolean isSilent(byte @Nullable [] row) {
        long now = nanoTime.getAsLong();
        if (!Arrays.equals(row, heard)) {
            heard = row;
            heardNanos = now;
        }
        return now - heardNanos >= SILENCE_NANOS;
    }

    /** Has all quotas counted anew: what was written came otherwise than by changes. */
    static void recountAll(Runner runner) {
        List<Long> all =
                runner.look(tables -> List.copyOf(tables.charging().all().keySet()));
        all.forEach(id -> runner.rebuild(tables -> {
            recount(tables, id);
            return id;
        }));
    }

    /** Also where somebody is at that: he finds in the end that another was to begin, and begins again. */
    static void recount(Tables tables, long id) {
        Charging charging = tables.charging();
        Quota quota = charging.quota(id);
        if (quota == null) {
            return;
        }
        if (quota.state() == Quota.State.ACTIVE) {
            charging.quota(id, quota.in(Quota.State.COUNTING).doubted());
        }
        Inode directory = tables.inode(quota.directory());
        if (directory != null) {
            tables.inode(quota.directory(), directory.charged(directory.charge().settling(Ids.beside(id))));
        }
    }

    /** The quotas of this node that something is to be done about. Of a directory in the trash only that it is gone. */
    private static List<Due> due(Tables tables) {
        List<Due> due = new ArrayList<>();
        for (int partition : tables.primaryPartitions()) {
            ScanQuery<QuotaKey, byte[]> query = new ScanQuery<>();
            query.setPartition(partition).setLocal(true);
            try (QueryCursor<Cache.Entry<QuotaKey, byte[]>> rows =
                    tables.charging().rows().query(query)) {
                for (Cache.Entry<QuotaKey, byte[]> row : rows) {
                    QuotaKey key = row.getKey();
                    if (key.isQuota()) {
                        Quota quota = Quota.decode(row.getValue());
                        if (quota.state() != Quota.State.ACTIVE && isReachable(tables, quota)) {
                            due.add(new Due(key.quota(), quota.directory()));
                        }
                    }
                }
            }
        }
        return due;
    }

    private static boolean isReachable(Tables tables, Quota quota) {
        return quota.state() == Quota.State.CLEARING || tables.guard(quota.directory()) != null;
    }
}

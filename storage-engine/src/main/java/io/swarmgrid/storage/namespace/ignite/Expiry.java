package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.namespace.TimeToLive;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import javax.cache.Cache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files whose time to live has passed, as a caller would, in the partitions of which this node is the primary. It looks at their
 * rows ({@link Expiries}) alone, once in {@code storage.ttl-sweep-interval}; where there are so many that this would be more than about 2 %
 * of its time, more seldom. What is cut off in between is found again. Confined to one thread, but for what says otherwise.
 */
final class Expiry {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
    /** Files taken up in one call. */
    private static final int MAX_FILES = 1024;

    private static final int MAX_ANCESTORS = 4096;

    private final Runner runner;
    private final Clock clock;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private final IntPredicate isDoubtful;
    private final AtomicLong expired = new AtomicLong();
    private long nextNanos;

    /** @param isDoubtful of which partitions it is not known whether their changes are whole: these are left alone */
    Expiry(Runner runner, Clock clock, Duration interval, LongSupplier nanoTime, IntPredicate isDoubtful) {
        this.runner = runner;
        this.clock = clock;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.isDoubtful = isDoubtful;
        this.nextNanos = nanoTime.getAsLong();
    }

    /** How many files it has removed. Any thread. */
    long expired() {
        return expired.get();
    }

    /** Does nothing before it is time. What is left after so many files is taken up by the next call. */
    void run() {
        if (nanoTime.getAsLong() - nextNanos < 0) {
            return;
        }
        Round round = new Round(clock.millis());
        for (int partition : runner.look(Tables::primaryPartitions)) {
            if (round.budget > 0 && !isDoubtful.test(partition)) {
                round.takeAll(partition);
            }
        }
        if (round.budget > 0) {
            nextNanos = nanoTime.getAsLong() + Math.max(interval.toNanos(), round.rows * DoomedRows.REST_NANOS_A_ROW);
        }
        if (round.removed > 0) {
            LOG.info("files have expired: count={}", round.removed);
        }
    }

    /**
     * What there is above a file.
     *
     * @param keeps whether it does not expire there now: it is in the trash with a directory, staged, or one of a dataset
     * @param restoredMs when one of the directories came back from the trash
     */
    private record Above(long directoryId, boolean keeps, long restoredMs) {}

    /** One call's work. */
    private final class Round {
        private final long nowMs;
        private final Map<Long, Above> seen = new HashMap<>();
        private int budget = MAX_FILES;
        private long rows;
        private int removed;

        Round(long nowMs) {
            this.nowMs = nowMs;
        }

        /** All that is due in a partition; one that is on no node now waits, and the others do not. */
        void takeAll(int partition) {
            try {
                runner.look(tables -> due(tables, partition)).forEach(this::tryTake);
            } catch (GridException e) {
                requireLater(e);
            }
        }

        private List<Long> due(Tables tables, int partition) {
            List<Long> due = new ArrayList<>();
            ScanQuery<Long, byte[]> query = new ScanQuery<>();
            query.setPartition(partition).setLocal(true);
            try (QueryCursor<Cache.Entry<Long, byte[]>> cursor =
                    tables.expiries().rows().query(query)) {
                for (Cache.Entry<Long, byte[]> row : cursor) {
                    rows++;
                    if (Expiries.decode(row.getValue()) <= nowMs) {
                        due.add(row.getKey());
                    }
                    if (due.size() >= budget) {
                        break;
                    }
                }
            }
            return due;
        }

        /** Leaves for the next time what others are at, and what cannot be looked at because no node has it. */
        private void tryTake(long id) {
            budget--;
            try {
                Inode inode = runner.look(tables -> tables.inode(id));
                long directoryId = inode == null ? Ids.ROOT : inode.link().parentId();
                Above above = seen.computeIfAbsent(directoryId, each -> runner.look(tables -> above(tables, each)));
                if (runner.changeHere(tables -> take(tables, id, above))) {
                    removed++;
                    expired.incrementAndGet();
                }
            } catch (StaleException e) {
                LOG.debug("looked at again later: file={}, {}", id, e.getMessage());
            } catch (GridException e) {
                requireLater(e);
            }
        }

        private static Above above(Tables tables, long directoryId) {
            long at = directoryId;
            long restoredMs = 0;
            for (int i = 0; i < MAX_ANCESTORS && at != Ids.SWARM; i++) {
                Inode directory = tables.guard(at) == null ? null : tables.inode(at);
                if (directory == null || (at == directoryId && directory.kind() == EntryKind.DATASET)) {
                    break;
                }
                restoredMs = Math.max(restoredMs, directory.revision().restoredMs());
                if (at == Ids.ROOT) {
                    return new Above(directoryId, false, restoredMs);
                }
                at = directory.link().parentId();
            }
            return new Above(directoryId, true, restoredMs);
        }

        /**
         * Everything is looked at again, in the transaction: who has modified, opened, renamed or removed the file meanwhile, or given it
         * another time, comes first. @return whether it has expired
         */
        private boolean take(Tables tables, long id, Above above) {
            Inode inode = tables.inode(id);
            Duration ttl = inode == null ? null : TimeToLive.of(inode.attributes());
            Doomed doomed = tables.doomed(id);
            boolean isRemoved = doomed != null && doomed.lease() == null;
            if (inode == null || ttl == null || isRemoved) {
                tables.expiries().drop(id); // noted again with a change of it, or when it comes back
                return false;
            }
            Inode.Link link = inode.link();
            if (link.parentId() != above.directoryId) {
                throw new StaleException("renamed meanwhile");
            }
            boolean stays = above.keeps || doomed != null || inode.content().lease() != null;
            long dueMs = stays
                    ? Expiries.after(nowMs, ttl)
                    : Math.max(Expiries.dueMs(inode), Expiries.after(above.restoredMs, ttl));
            if (dueMs > nowMs) {
                tables.expiries().put(id, dueMs);
                return false;
            }
            Dentry dentry = tables.dentry(link.parentId(), link.name());
            if (dentry == null || dentry.inodeId() != id) {
                throw new StaleException("being changed");
            }
            tables.unlink(link.parentId(), link.name());
            Directories.discard(tables, dentry, Doomed.removed(nowMs, 0));
            tables.expiries().drop(id);
            return true;
        }

        /** Throws it where there is no use in going on. */
        private static void requireLater(GridException e) {
            if (e.kind() == ErrorKind.CALLER || e.code() == ErrorCode.NO_QUORUM) {
                throw e;
            }
            LOG.debug("looked at again later", e);
        }
    }
}

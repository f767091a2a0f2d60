package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.journal.NamesJournal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Every node writes down the inodes of the partitions of which it has a copy, so what is said once is written metadata.backups
 * times more, and no node's disk is needed alone. It hears of changes by Ignite's events, which fire on primary and backups
 * alike within the commit; there an id is put into a bounded set, and that is all a caller pays. What is written is read from
 * the tables afterwards, so changes that follow each other quickly are written once, and a stale reading is followed by
 * another id in the set. Where the set was full, or a reading failed, or partitions have moved, the next compaction heals it:
 * that is a walk of the tables, not of the journal.
 */
/** Keeps the journal of names of this node. Thread-safe; one thread of its own, {@code names-journal}. */
public final class NamesKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamesKeeper.class);
    private static final int BATCH = 256;
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final long FORCE_NANOS = 1_000_000_000L;
    private static final long FAILED_PAUSE_MS = 5000;
    private static final long STOP_MS = 5000;

    private final Ignite ignite;
    private final NamesJournal journal;
    private final LongSupplier settledVersion;
    private final BooleanSupplier paused;
    private final Pace pace;
    private final Clock clock;
    private final Changes changes;
    private final Thread thread;
    private volatile boolean closed;

    // Confined to the thread.
    private long forcedNanos = System.nanoTime();
    private long compactedNanos = System.nanoTime();
    private long settledNanos = System.nanoTime();
    private long settled;
    private long compactedVersion;

    /**
     * When the journal is compacted.
     *
     * @param logBytes after so many were appended
     * @param settle so long after partitions have moved
     * @param atLatest so long after the last time
     * @param keep how long the ends of inodes are kept, and what belongs to partitions that have moved away
     */
    public record Pace(long logBytes, Duration settle, Duration atLatest, Duration keep) {
        public static final Pace DEFAULT =
                new Pace(64L << 20, Duration.ofSeconds(10), Duration.ofHours(6), Duration.ofDays(7));
    }

    /**
     * @param journal stays the caller's
     * @param settledVersion {@link io.swarmgrid.storage.membership.Peers#settledVersion}
     * @param paused whether the journal is being read to make the metadata anew, and must stay as it is
     */
    public NamesKeeper(Ignite ignite, NamesJournal journal, LongSupplier settledVersion, BooleanSupplier paused) {
        this(ignite, journal, settledVersion, paused, Pace.DEFAULT, Clock.systemUTC());
    }

    NamesKeeper(
            Ignite ignite,
            NamesJournal journal,
            LongSupplier settledVersion,
            BooleanSupplier paused,
            Pace pace,
            Clock clock) {
        this.ignite = ignite;
        this.journal = journal;
        this.settledVersion = settledVersion;
        this.paused = paused;
        this.pace = pace;
        this.clock = clock;
        this.changes = new Changes(ignite);
        this.thread = new Thread(this::run, "names-journal");
        thread.setDaemon(true);
    }

    /** Begins to listen and to write. Once. */
    public void start() {
        changes.listen();
        thread.start();
    }

    /** Writes what is known by now, and ends. */
    @Override
    public void close() {
        closed = true;
        changes.close();
        thread.interrupt();
        try {
            thread.join(STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                List<Changes.Change> some = changes.take(BATCH, WAIT);
                if (paused.getAsBoolean()) {
                    changes.missed();
                    continue;
                }
                append(some);
                if (isDue()) {
                    compact();
                }
                force();
            } catch (InterruptedException e) {
                break;
            } catch (GridException | StaleException | IgniteException | IllegalStateException e) {
                changes.missed();
                if (!closed) {
                    LOG.warn("the journal of names is behind, and will be made up for: {}", e.getMessage());
                    pauseAfterFailure();
                }
            } catch (RuntimeException e) {
                changes.missed();
                if (!closed) {
                    LOG.warn("the journal of names is behind, and will be made up for", e);
                    pauseAfterFailure();
                }
            }
        }
        drain();
    }

    /** The last words of a node that stops in order: so far as its tables still answer. */
    private void drain() {
        boolean unused = Thread.interrupted(); // it only meant to stop
        try {
            for (List<Changes.Change> some = changes.poll(BATCH);
                    !paused.getAsBoolean() && !some.isEmpty();
                    some = changes.poll(BATCH)) {
                append(some);
            }
            journal.force();
        } catch (RuntimeException e) {
            LOG.debug("the last changes are not in the journal of names", e);
        }
    }

    private void append(List<Changes.Change> some) {
        if (some.isEmpty()) {
            return;
        }
        Tables tables = Tables.of(ignite);
        List<NameRecord> records = new ArrayList<>(some.size());
        for (Changes.Change change : some) {
            NameRecord record = change.gone() ? gone(tables, change) : present(tables, change.id());
            if (record != null) {
                records.add(record);
            }
        }
        journal.append(records);
    }

    private void force() {
        if (System.nanoTime() - forcedNanos >= FORCE_NANOS) {
            journal.force();
            forcedNanos = System.nanoTime();
        }
    }

    /** One that a restore has brought back meanwhile is not gone. */
    private @Nullable NameRecord gone(Tables tables, Changes.Change change) {
        long id = change.id();
        byte[] row = tables.raw(id);
        if (row != null && tables.doomed(id) == null) {
            return there(tables, id, row);
        }
        return gone(
                id,
                row == null ? change.changes() : Inode.decode(row).revision().changes());
    }

    private NameRecord gone(long id, long changes) {
        long now = clock.millis();
        return changes == 0 ? NameRecord.removed(id, now) : NameRecord.removed(id, Stamps.end(changes), now);
    }

    private @Nullable NameRecord present(Tables tables, long id) {
        byte[] row = tables.raw(id);
        return row == null ? null : there(tables, id, row);
    }

    /** Null where not all of it is there yet: a transaction is being applied, and another change will be heard of. */
    private @Nullable NameRecord there(Tables tables, long id, byte[] row) {
        NameValue value = NameValue.read(tables, id, Inode.decode(row));
        return value == null ? null : new NameRecord(id, value.stamp(), clock.millis(), value.encode());
    }

    private @Nullable NameRecord walked(Tables tables, long id, byte[] row) {
        Doomed doomed = tables.doomed(id);
        return doomed != null && doomed.lease() == null
                ? gone(id, Inode.decode(row).revision().changes())
                : there(tables, id, row);
    }

    private boolean isDue() {
        long now = System.nanoTime();
        long version = settledVersion.getAsLong();
        if (version != settled) {
            settled = version;
            settledNanos = now;
        }
        boolean isSettled = version != 0 && now - settledNanos >= pace.settle().toNanos();
        return isSettled
                && (version != compactedVersion
                        || changes.isIncomplete()
                        || journal.logBytes() >= pace.logBytes()
                        || now - compactedNanos >= pace.atLatest().toNanos());
    }

    private void compact() throws InterruptedException {
        long version = settled;
        changes.complete(); // whatever is missed from now on is missed by this walk, too
        NamesWalk walk =
                new NamesWalk(Tables.of(ignite), clock.millis() - pace.keep().toMillis());
        long rows = walk.run(journal, this::walked, this::catchUp);
        compactedVersion = version;
        compactedNanos = System.nanoTime();
        LOG.debug("journal of names compacted: inodes={}", rows);
    }

    /** Between two steps of a walk: what changes meanwhile must not wait for its end. */
    private void catchUp() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("closed");
        }
        append(changes.poll(BATCH));
        force();
    }

    private void pauseAfterFailure() {
        try {
            Thread.sleep(FAILED_PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

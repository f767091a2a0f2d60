package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.cache.Cache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;

/**
 * The rows of what may have to be taken back, as round after round looks through them. A trash of a million files would keep a
 * processor busy with nothing else: after a round over many rows those that only wait in the trash are left alone for a time that
 * grows with their number. Files that are being written are looked at in each round, as far as they are known. Confined to one
 * thread at a time.
 */
final class DoomedRows {
    /** So many are looked at in each round. */
    private static final int ALWAYS = 10_000;
    /** For each row that is kept, about fifty times what it takes to look at it. */
    static final long REST_NANOS_A_ROW = TimeUnit.MICROSECONDS.toNanos(50);

    private final int always;
    private final LongSupplier nanoTime;
    /** Of each partition, the files that were being written when all of it was looked at. As many as the nodes' open files. */
    private final Map<Integer, List<Long>> open = new HashMap<>();

    private long kept;
    private long restUntilNanos;
    private boolean resting;

    DoomedRows(LongSupplier nanoTime) {
        this(ALWAYS, nanoTime);
    }

    DoomedRows(int always, LongSupplier nanoTime) {
        this.always = always;
        this.nanoTime = nanoTime;
        this.restUntilNanos = nanoTime.getAsLong();
    }

    /** Who looks at the rows. */
    interface Visitor {
        /** @return whether the row is due, and is gone before the next round if all goes well */
        boolean isDue(long id, Doomed doomed);

        boolean wantsMore();
    }

    void beginRound() {
        resting = nanoTime.getAsLong() - restUntilNanos < 0;
        if (!resting) {
            open.clear();
            kept = 0;
        }
    }

    /** @param whole whether each partition was looked through: otherwise there is more to take at once */
    void endRound(boolean whole) {
        if (!resting && whole && kept > always) {
            restUntilNanos = nanoTime.getAsLong() + kept * REST_NANOS_A_ROW;
        }
    }

    /** Shows the rows of a partition of this node, in a round. */
    void visit(Tables tables, int partition, Visitor visitor) {
        if (resting) {
            for (long id : open.getOrDefault(partition, List.of())) {
                Doomed doomed = tables.doomed(id);
                if (doomed != null && visitor.wantsMore()) {
                    visitor.isDue(id, doomed);
                }
            }
            return;
        }
        List<Long> written = new ArrayList<>();
        ScanQuery<Long, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setLocal(true);
        try (QueryCursor<Cache.Entry<Long, byte[]>> cursor =
                tables.doomedCache().query(query)) {
            for (Cache.Entry<Long, byte[]> row : cursor) {
                Doomed doomed = Doomed.decode(row.getValue());
                if (doomed.lease() != null) {
                    written.add(row.getKey());
                }
                if (!visitor.isDue(row.getKey(), doomed)) {
                    kept++;
                }
                if (!visitor.wantsMore()) {
                    break;
                }
            }
        }
        open.put(partition, written);
    }
}

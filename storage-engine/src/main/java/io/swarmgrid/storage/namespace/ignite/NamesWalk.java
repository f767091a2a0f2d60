package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.journal.NamesJournal;
import java.util.BitSet;
import javax.cache.Cache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.jspecify.annotations.Nullable;

/**
 * One compaction of the journal: all that this node's tables have, and of what the journal had before only what they cannot
 * say. Confined to one thread.
 */
final class NamesWalk {
    private static final int ROWS_A_STEP = 128;
    private static final int PAGE = 512;
    private static final long MAX_REMOVALS = 2_000_000;

    private final Tables tables;
    private final long keepFromMs;
    private long rows;
    private long removals;
    private long surplus;

    /** @param keepFromMs what is older is not kept for its own sake */
    NamesWalk(Tables tables, long keepFromMs) {
        this.tables = tables;
        this.keepFromMs = keepFromMs;
    }

    /** What is to be written of a row. */
    @FunctionalInterface
    interface Reading {
        @Nullable
        NameRecord of(Tables tables, long id, byte[] row);
    }

    /** Something that is due every now and then. */
    @FunctionalInterface
    interface Between {
        void run() throws InterruptedException;
    }

    long run(NamesJournal journal, Reading reading, Between between) throws InterruptedException {
        BitSet walked = new BitSet();
        try (NamesJournal.Compaction compaction = journal.compact()) {
            for (int partition : tables.ownPartitions()) {
                walk(partition, compaction, reading, between);
                walked.set(partition);
            }
            compaction.older(old -> removals += isKept(old, walked) && old.isRemoval() ? 1 : 0);
            surplus = Math.max(0, removals - MAX_REMOVALS);
            compaction.older(old -> carryOver(old, walked, compaction));
            compaction.commit();
        }
        return rows;
    }

    /** From whichever node has all of the partition, which is this one unless it is still being filled. */
    private void walk(int partition, NamesJournal.Compaction compaction, Reading reading, Between between)
            throws InterruptedException {
        ScanQuery<Long, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setPageSize(PAGE);
        try (QueryCursor<Cache.Entry<Long, byte[]>> cursor = tables.inodeCache().query(query)) {
            for (Cache.Entry<Long, byte[]> row : cursor) {
                if (Ids.isInode(row.getKey())) {
                    NameRecord record = reading.of(tables, row.getKey(), row.getValue());
                    if (record != null) {
                        compaction.add(record);
                    }
                    if (++rows % ROWS_A_STEP == 0) {
                        between.run();
                    }
                }
            }
        }
        between.run();
    }

    private void carryOver(NameRecord old, BitSet walked, NamesJournal.Compaction compaction) {
        if (isKept(old, walked)) {
            if (old.isRemoval() && surplus > 0) {
                surplus--; // the oldest come first
            } else {
                compaction.add(old);
            }
        }
    }

    /** Ends, which the tables forget, and what other nodes keep now, until they have surely written it down. */
    private boolean isKept(NameRecord old, BitSet walked) {
        return old.writtenMs() >= keepFromMs && (old.isRemoval() || !walked.get(tables.partition(old.id())));
    }
}

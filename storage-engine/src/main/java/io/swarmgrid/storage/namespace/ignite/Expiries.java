package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.TimeToLive;
import java.time.Duration;
import org.apache.ignite.IgniteCache;

/**
 * The rows that files expire by: of each file that has a time to live, and was closed since it has it, when it is to be looked at. The
 * inode says when it expires, and the row is never later than that but for what {@link Expiry} puts off; files without a time to
 * live have none, and cost nothing. What is gone may leave its row: it is dropped when it is due. Thread-safe.
 */
final class Expiries {
    static final long NEVER = Long.MAX_VALUE;

    /** By how much clocks of nodes may differ that wrote a row and look at it. */
    private static final long SLACK_MS = 60_000;

    private final IgniteCache<Long, byte[]> rows;

    Expiries(IgniteCache<Long, byte[]> rows) {
        this.rows = rows;
    }

    IgniteCache<Long, byte[]> rows() {
        return rows;
    }

    /**
     * When a file expires by what its inode says: so long after it was made, modified or had back from the trash, whatever came last.
     * That it was modified long ago, by what its writer says, makes no new file old. {@link #NEVER} while it is written.
     */
    static long dueMs(Inode inode) {
        Duration ttl = inode.isFile() ? TimeToLive.of(inode.attributes()) : null;
        if (ttl == null || inode.content().lease() != null) {
            return NEVER;
        }
        Inode.Revision revision = inode.revision();
        long sinceMs = Math.max(revision.createdMs(), Math.max(revision.modifiedMs(), revision.restoredMs()));
        return after(sinceMs, ttl);
    }

    static long after(long fromMs, Duration ttl) {
        return fromMs > NEVER - ttl.toMillis() ? NEVER : fromMs + ttl.toMillis();
    }

    /** With an inode that is stored. */
    void note(long id, Inode inode) {
        long dueMs = dueMs(inode);
        if (dueMs != NEVER) {
            put(id, dueMs);
        }
    }

    void put(long id, long dueMs) {
        rows.put(id, new RecordWriter(16).fixed(dueMs).done());
    }

    void drop(long id) {
        rows.remove(id);
    }

    /** With an inode that goes. */
    void drop(long id, Inode inode) {
        if (TimeToLive.of(inode.attributes()) != null) {
            drop(id);
        }
    }

    static long decode(byte[] row) {
        return new RecordReader(row).fixed();
    }

    /** Whether a file would not be looked at in time, as a log that was cut off leaves it. */
    boolean isMissed(long id, Inode inode, long nowMs) {
        long dueMs = dueMs(inode);
        Duration ttl = dueMs == NEVER ? null : TimeToLive.of(inode.attributes());
        if (ttl == null) {
            return false;
        }
        byte[] row = rows.get(id);
        return row == null || decode(row) > Math.max(dueMs, after(nowMs + SLACK_MS, ttl));
    }
}

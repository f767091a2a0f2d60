package io.swarmgrid.storage.namespace.ignite;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Why an inode may have to be taken back: it was removed, or it is being written: then its keeper takes a
 * put back, and closes a visible file, once the lease has ended.
 *
 * @param sinceMs when it was removed; {@link #NO_GRACE} where none is owed
 * @param by the token of the removal; 0 where nobody asks for it
 * @param lease of the writer; null for what was removed
 * @param beats how often the lease was renewed
 */
record Doomed(long sinceMs, long by, @Nullable Lease lease, long beats) {
    static final long NO_GRACE = 0;
    static final Doomed NOW = new Doomed(NO_GRACE, 0, null, 0);

    static Doomed removed(long nowMs, long by) {
        return new Doomed(nowMs, by, null, 0);
    }

    static Doomed unlessCommitted(long nowMs, Lease lease) {
        return new Doomed(nowMs, 0, lease, 0);
    }

    /** Whether somebody has removed it, who may want it back. */
    boolean isInTrash() {
        return lease == null && sinceMs != NO_GRACE;
    }

    /** Who removed it does not want it back. */
    Doomed forGood() {
        return new Doomed(NO_GRACE, by, lease, beats);
    }

    Doomed renewed() {
        return new Doomed(sinceMs, by, lease, beats + 1);
    }

    /** Nobody holds the lease any more. */
    Doomed released() {
        return new Doomed(sinceMs, by, lease == null ? null : new Lease("", new UUID(0, 0), lease.epoch()), beats);
    }

    byte[] encode() {
        RecordWriter out = new RecordWriter(64).count(sinceMs).fixed(by).flag(lease != null);
        if (lease != null) {
            lease.encode(out);
            out.count(beats);
        }
        return out.done();
    }

    static Doomed decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        long sinceMs = in.count();
        long by = in.fixed();
        Lease lease = in.flag() ? Lease.decode(in) : null;
        return new Doomed(sinceMs, by, lease, in.hasMore() ? in.count() : 0);
    }
}

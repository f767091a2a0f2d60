package io.swarmgrid.storage.membership;

import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.GridKernalContext;
import org.apache.ignite.internal.pagemem.wal.record.DataRecord;
import org.apache.ignite.internal.pagemem.wal.record.WALRecord;
import org.apache.ignite.internal.processors.cache.persistence.wal.FileWriteAheadLogManager;
import org.apache.ignite.internal.processors.cache.persistence.wal.WALPointer;
import org.jspecify.annotations.Nullable;

/*
 * Ignite 2.17 waits for the device twice in each transaction on each node that has a part of it: in
 * IgniteTxLocalAdapter.userCommit (GridDistributedTxRemoteAdapter.commitIfLocked on a backup) for the values, and in
 * IgniteTxAdapter.state for the record COMMITTED, which is logged behind them. Nobody is answered before the second, and a
 * log that is on the device up to there has the values on it as well.
 */
/** The write-ahead log of a node, which waits for the device once for each transaction. Thread-safe. */
final class CommitLog extends FileWriteAheadLogManager {
    /** Where this thread has logged values of a transaction last, and in which node's log. */
    private static final ThreadLocal<@Nullable Values> LAST = new ThreadLocal<>();

    private record Values(CommitLog log, WALPointer at) {}

    CommitLog(GridKernalContext context) {
        super(context);
    }

    @Override
    public WALPointer log(WALRecord record) throws IgniteCheckedException {
        WALPointer at = super.log(record);
        if (record instanceof DataRecord values) {
            if (isOfTransaction(values)) {
                LAST.set(new Values(this, at));
            } else {
                LAST.remove();
            }
        }
        return at;
    }

    private static boolean isOfTransaction(DataRecord values) {
        return values.entryCount() > 0 && values.get(0).nearXidVersion() != null;
    }

    /** {@inheritDoc} Not for the values of a transaction alone. */
    @Override
    public WALPointer flush(@Nullable WALPointer to, boolean explicit) throws IgniteCheckedException {
        @Nullable Values last = LAST.get();
        if (!explicit && last != null && last.log() == this && last.at().equals(to)) {
            LAST.remove();
            return last.at();
        }
        return super.flush(to, explicit);
    }
}

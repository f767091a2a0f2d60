package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.WriterId;
import java.util.UUID;

/** Gives somebody the lease of a closed file. Answers its inode as it was then. */
final class ReopenStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long fileId;
    private final String path;
    private final String node;
    private final UUID run;
    private final long epoch;
    private final long writer;
    private final long nowMs;

    /** @param lease with an epoch that no writer of the file had before */
    ReopenStep(long fileId, String path, Lease lease, WriterId writer, long nowMs) {
        super(null);
        this.fileId = fileId;
        this.path = path;
        this.node = lease.node();
        this.run = lease.run();
        this.epoch = lease.epoch();
        this.writer = writer.value();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(fileId);
        Doomed doomed = tables.doomed(fileId);
        if (inode == null || !inode.content().isVisible() || (doomed != null && doomed.lease() == null)) {
            throw new StaleException("removed meanwhile");
        }
        Lease lease = new Lease(node, run, epoch);
        Lease before = inode.content().lease();
        if (before == null) {
            Inode opened = inode.holding(inode.content().leased(lease).by(Writer.of(writer)));
            tables.inode(fileId, opened);
            tables.doomed(fileId, Doomed.unlessCommitted(nowMs, lease));
            return opened.encode();
        }
        if (before.equals(lease)) {
            return inode.encode(); // by a first run of this step
        }
        throw Problems.beingWritten(path, before);
    }
}

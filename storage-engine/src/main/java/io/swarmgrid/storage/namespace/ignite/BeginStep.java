package io.swarmgrid.storage.namespace.ignite;

import java.util.Objects;

/** Writes down a file that is being written, linked nowhere, with the lease of its writer. */
final class BeginStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long fileId;
    private final byte[] inode;
    private final long nowMs;

    BeginStep(long fileId, Inode inode, long nowMs) {
        super(null);
        this.fileId = fileId;
        this.inode = inode.encode();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode opened = Inode.decode(inode);
        Inode there = tables.inode(fileId);
        if (there == null) {
            tables.requireRoom();
            Lease lease = Objects.requireNonNull(opened.content().lease(), "opened without a lease");
            tables.inode(fileId, opened);
            tables.doomed(fileId, Doomed.unlessCommitted(nowMs, lease));
        } else if (!there.equals(opened)) {
            throw new StaleException("id is taken: " + fileId);
        }
        return new byte[0];
    }
}

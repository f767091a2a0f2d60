package io.swarmgrid.storage.namespace.ignite;

import java.util.Objects;

/** Makes a file that is visible at once, empty and open for its writer. Runs where its directory is: all of it is one partition. */
final class CreateStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final Linking.Target target;
    private final long fileId;
    private final byte[] inode;
    private final long nowMs;

    CreateStep(Linking.Target target, long fileId, Inode inode, long nowMs) {
        super(null);
        this.target = target;
        this.fileId = fileId;
        this.inode = inode.encode();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode there = tables.inode(fileId);
        if (there != null) {
            if (Linking.linkedBefore(tables, target, fileId) != null) {
                return new byte[0]; // by a first run of this step
            }
            throw new StaleException("id is taken: " + fileId);
        }
        tables.requireRoom();
        Inode made = Linking.prepare(tables, target, fileId, Inode.decode(inode), nowMs);
        Lease lease = Objects.requireNonNull(made.content().lease(), "created without a lease");
        tables.doomed(fileId, Doomed.unlessCommitted(nowMs, lease));
        tables.inode(fileId, made);
        Directories.link(tables, fileId, made);
        return new byte[0];
    }
}

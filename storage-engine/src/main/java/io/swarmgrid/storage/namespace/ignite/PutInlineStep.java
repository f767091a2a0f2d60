package io.swarmgrid.storage.namespace.ignite;

import org.jspecify.annotations.Nullable;

/** Makes a small file with its bytes in the metadata. Runs where its directory is: all of it is one partition. */
final class PutInlineStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final Linking.Target target;
    private final long fileId;
    private final byte[] inode;
    private final byte[] bytes;
    private final long nowMs;

    PutInlineStep(
            Linking.Target target, long fileId, Inode inode, byte[] bytes, @Nullable String operation, long nowMs) {
        super(operation);
        this.target = target;
        this.fileId = fileId;
        this.inode = inode.encode();
        this.bytes = bytes.clone();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        tables.inline(fileId); // touched before the inode: see Torn
        Inode there = tables.inode(fileId);
        if (there != null) {
            Inode linked = Linking.linkedBefore(tables, target, fileId);
            if (linked != null) {
                return Outcome.of(linked.status(target.path(), fileId));
            }
            throw new StaleException("id is taken: " + fileId);
        }
        tables.requireRoom();
        tables.inline(fileId, bytes); // before the name, so that who sees the name sees the bytes
        Inode made = Linking.prepare(tables, target, fileId, Inode.decode(inode), nowMs);
        tables.inode(fileId, made);
        Directories.link(tables, fileId, made);
        return Outcome.of(made.status(target.path(), fileId));
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/** Gives an empty, closed file its bytes, kept in the metadata. Runs where the file is, whatever it is called by now. */
final class FillStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long fileId;
    private final byte[] bytes;
    private final long modifiedMs;

    /** @param operation never null: without it a second run could not know what the first did */
    FillStep(long fileId, byte[] bytes, String operation, long modifiedMs) {
        super(operation);
        this.fileId = fileId;
        this.bytes = bytes.clone();
        this.modifiedMs = modifiedMs;
    }

    @Override
    byte[] change(Tables tables) {
        tables.inline(fileId); // touched before the inode: see Torn
        Inode inode = tables.inode(fileId);
        if (inode == null || !inode.isFile() || !inode.content().isVisible() || Torn.isRemoved(tables, fileId)) {
            throw Problems.notFound("file " + fileId);
        }
        String path = LayoutStep.pathOf(tables, inode);
        Lease lease = inode.content().lease();
        if (lease != null) {
            throw Problems.beingWritten(path, lease);
        }
        if (inode.content().lengthBytes() > 0 || !inode.content().blocks().isEmpty()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "not empty any more: " + path,
                    path,
                    "look at what it holds, and append to it",
                    null);
        }
        tables.requireRoom();
        tables.inline(fileId, bytes);
        Inode filled = inode.holding(Inode.Content.inline(bytes.length))
                .revised(inode.revision().version() + 1, modifiedMs);
        tables.inode(fileId, filled);
        return Outcome.of(filled.status(path, fileId));
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OperationId;
import org.jspecify.annotations.Nullable;

/** Removes a file: its name goes, the file itself goes to the trash. */
final class RemoveFileStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long parentId;
    private final String name;
    private final long fileId;
    private final long token;
    private final long nowMs;

    /** @param token a number of this operation's own, not 0 */
    RemoveFileStep(PathWalk.Place place, long fileId, @Nullable OperationId operation, long token, long nowMs) {
        super(operation == null ? null : operation.value());
        this.parentId = place.parentId();
        this.name = place.name();
        this.fileId = fileId;
        this.token = token;
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Dentry dentry = tables.dentry(parentId, name);
        if (dentry == null || dentry.inodeId() != fileId) {
            if (Directories.discarded(tables, fileId, token)) {
                return Outcome.removal(fileId); // by a first run of this step
            }
            throw new StaleException("renamed or removed meanwhile");
        }
        tables.unlink(parentId, name);
        Directories.discard(tables, dentry, Doomed.removed(nowMs, token));
        return Outcome.removal(fileId);
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OperationId;
import org.jspecify.annotations.Nullable;

/** Removes a directory, however large, in one step: its name goes, what is below goes to the trash. Runs on its primary. */
final class RemoveDirectoryStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long parentId;
    private final String name;
    private final String path;
    private final long directoryId;
    private final boolean recursive;
    private final long token;
    private final long nowMs;

    /** @param token a number of this operation's own, not 0 */
    RemoveDirectoryStep(
            PathWalk.Place place,
            long directoryId,
            boolean recursive,
            @Nullable OperationId operation,
            long token,
            long nowMs) {
        super(operation == null ? null : operation.value());
        this.parentId = place.parentId();
        this.name = place.name();
        this.path = place.path().toString();
        this.directoryId = directoryId;
        this.recursive = recursive;
        this.token = token;
        this.nowMs = nowMs;
    }

    @Override
    byte[] run(Tables tables) {
        if (!recursive) {
            tables.transactions().run(() -> mark(tables));
            if (!tables.names(directoryId, null, 1).isEmpty()) {
                tables.transactions().run(() -> unmark(tables));
                throw Problems.notEmpty(path);
            }
        }
        return super.run(tables);
    }

    private boolean mark(Tables tables) {
        Guard guard = tables.guard(directoryId);
        if (guard != null) {
            tables.guard(directoryId, guard.held(token));
        }
        return guard != null;
    }

    private boolean unmark(Tables tables) {
        Guard guard = tables.guard(directoryId);
        if (guard == null || guard.token() != token) {
            return false;
        }
        tables.guard(directoryId, guard.released());
        return true;
    }

    @Override
    byte[] change(Tables tables) {
        Dentry dentry = tables.dentry(parentId, name);
        if (dentry == null || dentry.inodeId() != directoryId) {
            if (Directories.discarded(tables, directoryId, token)) {
                return Outcome.removal(directoryId); // by a first run of this step
            }
            throw new StaleException("renamed or removed meanwhile");
        }
        Guard guard = tables.guard(directoryId);
        if (guard != null && guard.mounted()) {
            throw Problems.isMount(path);
        }
        if (guard == null || (!recursive && guard.token() != token)) {
            throw new StaleException("something was put into " + path);
        }
        tables.unlink(parentId, name);
        Directories.discard(tables, dentry, Doomed.removed(nowMs, token));
        return Outcome.removal(directoryId);
    }
}

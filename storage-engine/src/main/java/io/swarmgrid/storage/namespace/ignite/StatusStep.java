package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.StatusChange;
import org.jspecify.annotations.Nullable;

/** Changes owner, group, permission or time of an inode. A plain class: records do not travel within steps. */
final class StatusStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long id;
    private final String path;
    private final @Nullable String owner;
    private final @Nullable String group;
    private final @Nullable Integer permission;
    private final @Nullable Long modifiedMs;

    StatusStep(long id, String path, StatusChange change) {
        super(null);
        this.id = id;
        this.path = path;
        this.owner = change.owner();
        this.group = change.group();
        this.permission = change.permission();
        this.modifiedMs = change.modifiedMs();
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(id);
        // A touch that is told as done keeps a file that was to expire.
        if (inode == null || (modifiedMs != null && Torn.isRemoved(tables, id))) {
            throw new StaleException("removed meanwhile");
        }
        Inode changed = inode.with(inode.rights().changed(owner, group, permission));
        if (modifiedMs != null) {
            changed = changed.revised(inode.revision().version(), modifiedMs);
        }
        tables.inode(id, changed);
        return Outcome.of(changed.status(path, id));
    }
}

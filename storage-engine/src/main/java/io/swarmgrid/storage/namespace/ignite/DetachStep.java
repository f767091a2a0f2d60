package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OperationId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes a mount, which has nothing in it: it is of no use in the trash. */
final class DetachStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long parentId;
    private final String name;
    private final String path;
    private final long id;
    private final long token;

    /** @param token a number of this operation's own, not 0 */
    DetachStep(PathWalk.Place place, long id, @Nullable OperationId operation, long token) {
        super(operation == null ? null : operation.value());
        this.parentId = place.parentId();
        this.name = place.name();
        this.path = place.path().toString();
        this.id = id;
        this.token = token;
    }

    @Override
    byte[] change(Tables tables) {
        Dentry dentry = tables.dentry(parentId, name);
        if (dentry == null || dentry.inodeId() != id) {
            if (Directories.discarded(tables, id, token)) {
                return Outcome.removal(id); // by a first run of this step
            }
            throw new StaleException("renamed or removed meanwhile");
        }
        Inode mount = tables.inode(id);
        if (mount == null) {
            throw new StaleException("removed meanwhile");
        }
        if (!mount.isMount()) {
            throw Problems.invalid("no outer store is mounted there: " + path, path);
        }
        List<Long> left =
                MountList.living(tables).stream().filter(each -> each != id).toList();
        tables.unlink(parentId, name);
        Directories.discard(tables, dentry, Doomed.removed(Doomed.NO_GRACE, token));
        MountList.put(tables, left);
        return Outcome.removal(id);
    }
}

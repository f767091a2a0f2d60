package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.namespace.OperationId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the directory of a mount. */
final class AttachStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long parentId;
    private final String name;
    private final String path;
    private final long id;
    private final byte[] inode;
    private final int most;

    /**
     * A mount that is to be.
     *
     * @param id for the new directory, chosen at random
     * @param inode of the directory, with what is mounted there
     * @param most how many mounts there may be
     */
    AttachStep(PathWalk.Place place, long id, Inode inode, int most, @Nullable OperationId operation) {
        super(operation == null ? null : operation.value());
        this.parentId = place.parentId();
        this.name = place.name();
        this.path = place.path().toString();
        this.id = id;
        this.inode = inode.encode();
        this.most = most;
    }

    @Override
    byte[] change(Tables tables) {
        Dentry existing = tables.dentry(parentId, name);
        if (existing != null) {
            Inode found = existing.inodeId() == id ? tables.inode(id) : null;
            if (found == null) {
                throw Problems.exists(path, "an outer store is mounted where nothing is yet");
            }
            return Outcome.of(found.status(path, id)); // by a first run of this step
        }
        tables.requireRoom();
        Guard above = Directories.enter(tables, parentId, path);
        List<Long> mounts = new ArrayList<>(MountList.living(tables));
        if (mounts.size() >= most) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "there are as many mounts of outer stores as may be: " + mounts.size(),
                    path,
                    "detach one that is not used, or raise storage.outer.max-mounts; one that was removed with what was above it"
                            + " counts until the trash is emptied",
                    null);
        }
        mounts.add(id);
        Inode mount = Inode.decode(inode).chargedTo(above.quotas());
        Inode made = Directories.make(tables, id, mount, Guard.of(mount, false));
        MountList.put(tables, mounts);
        return Outcome.of(made.status(path, id));
    }
}

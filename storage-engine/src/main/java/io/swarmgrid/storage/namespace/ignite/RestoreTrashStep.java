package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OperationId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Links what was removed again. Runs where it is. What says that it was removed is touched last, and so is the last to go where the log is
 * cut off: until then it is in the trash, see {@link Torn}.
 */
final class RestoreTrashStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long id;
    private final long parentId;
    private final String name;
    private final String path;
    private final long nowMs;

    RestoreTrashStep(long id, PathWalk.Place place, @Nullable OperationId operation, long nowMs) {
        super(operation == null ? null : operation.value());
        this.id = id;
        this.parentId = place.parentId();
        this.name = place.name();
        this.path = place.path().toString();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = TrashStep.of(tables, id);
        if (inode == null) {
            throw notThere(id);
        }
        Dentry there = tables.dentry(parentId, name);
        Doomed doomed = tables.doomed(id);
        if (there != null) {
            if (there.inodeId() == id && !isNamed() && (doomed == null || !doomed.isInTrash())) {
                return Outcome.of(inode.status(path, id)); // by a first run of this step
            }
            throw Problems.exists(path, "restore it to another place");
        }
        if (doomed == null || !doomed.isInTrash()) {
            throw notThere(id);
        }
        if (!inode.isFile()) {
            Directories.claimMoves(tables);
            if (Directories.isWithin(tables, parentId, id)) {
                throw Problems.invalid("cannot restore a directory into itself: " + path, path);
            }
        }
        tables.requireRoom();
        Guard above = Directories.enter(tables, parentId, path);
        Inode restored = counting(tables, inode, above.quotas()).linked(parentId, name);
        tables.inode(id, restored);
        Torn.revive(tables, id, restored, nowMs);
        return Outcome.restored(restored.status(path, id), doomed);
    }

    /** What was removed while it was being counted is counted anew with what is there. */
    private Inode counting(Tables tables, Inode inode, List<Long> quotas) {
        if (inode.charge().settling() == 0) {
            return Directories.counting(inode, quotas, path);
        }
        Inode settled = Directories.counting(inode.charged(inode.charge().settling(0)), quotas, path);
        quotas.forEach(tables.charging()::recount);
        return quotas.isEmpty() ? settled : inode;
    }

    static RuntimeException notThere(long id) {
        return Problems.notFound(
                "entry " + Ids.text(id) + " of the trash",
                "it was restored, or taken back: swarm trash ls shows what there is");
    }
}

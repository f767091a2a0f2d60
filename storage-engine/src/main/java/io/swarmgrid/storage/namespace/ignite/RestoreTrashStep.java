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
    private static final int UNKNOWN = -1;

    private final long id;
    private final long parentId;
    private final String name;
    private final String path;
    private final long nowMs;
    private transient int nested = UNKNOWN;

    RestoreTrashStep(long id, PathWalk.Place place, @Nullable OperationId operation, long nowMs) {
        super(operation == null ? null : operation.value());
        this.id = id;
        this.parentId = place.parentId();
        this.name = place.name();
        this.path = place.path().toString();
        this.nowMs = nowMs;
    }

    @Override
    byte[] run(Tables tables) {
        Inode inode = tables.inode(id);
        Guard above = tables.guard(parentId);
        nested = UNKNOWN;
        if (inode != null && !inode.isFile() && above != null && !isCounted(inode, above.quotas())) {
            nested = NestedQuotas.below(tables, id) + (inode.charge().own() == 0 ? 0 : 1);
        }
        return super.run(tables);
    }

    /** Whether all that is below it counts for these already. */
    private static boolean isCounted(Inode inode, List<Long> quotas) {
        Charge charge = inode.charge();
        return charge.settling() == 0 && charge.quotas().equals(quotas);
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
        Inode restored = counting(tables, inode, above.quotas())
                .linked(parentId, name)
                .with(inode.revision().restored(nowMs)); // what it has to live, and all below it, begins anew
        tables.inode(id, restored);
        Torn.revive(tables, id, restored, nowMs);
        return Outcome.restored(restored.status(path, id), doomed);
    }

    /**
     * A directory comes back also where quotas are others than when it was removed, or were being counted then: what is below it is told
     * afterwards. But out of a quota that is still there it does not come, as no directory does.
     */
    private Inode counting(Tables tables, Inode inode, List<Long> quotas) {
        Charge charge = inode.charge();
        if (inode.isFile() || isCounted(inode, quotas)) {
            return inode.chargedTo(quotas);
        }
        for (long quota : charge.quotas()) {
            if (!quotas.contains(quota) && isThere(tables, quota)) {
                throw Problems.acrossQuotas(path);
            }
        }
        if (nested == UNKNOWN) {
            throw new StaleException("quotas were given or taken away meanwhile: " + path);
        }
        NestedQuotas.require(
                quotas.size() + nested,
                path,
                "restore it to another place, or take a quota away that its place, or something above that, has");
        return inode.charged(charge.to(quotas).settling(tables.charging().retold(id)));
    }

    private static boolean isThere(Tables tables, long id) {
        Quota quota = tables.charging().quota(id);
        return quota != null && quota.state() != Quota.State.CLEARING && Directories.isThere(tables, quota.directory());
    }

    static RuntimeException notThere(long id) {
        return Problems.notFound(
                "entry " + Ids.text(id) + " of the trash",
                "it was restored, or taken back: swarm trash ls shows what there is");
    }
}

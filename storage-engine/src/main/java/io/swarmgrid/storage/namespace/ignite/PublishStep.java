package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.namespace.Publication;
import java.util.LinkedHashMap;
import java.util.Map;

/** Renames a staged directory to its target and makes it what it is to be. Runs where the staged directory is. */
final class PublishStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long stagedParent;
    private final String stagedName;
    private final String stagedPath;
    private final long stagedId;
    private final long targetParent;
    private final String targetName;
    private final String targetPath;
    private final boolean overwrite;
    private final EntryKind kind;
    private final LinkedHashMap<String, String> attributes;
    private final long nowMs;

    PublishStep(
            PathWalk.Place staged,
            long stagedId,
            PathWalk.Place target,
            boolean overwrite,
            Publication publication,
            long nowMs) {
        super(publication.operation() == null ? null : publication.operation().value());
        this.stagedParent = staged.parentId();
        this.stagedName = staged.name();
        this.stagedPath = staged.path().toString();
        this.stagedId = stagedId;
        this.targetParent = target.parentId();
        this.targetName = target.name();
        this.targetPath = target.path().toString();
        this.overwrite = overwrite;
        this.kind = publication.kind();
        this.attributes = new LinkedHashMap<>(publication.attributes());
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        // Nothing is ever moved into the staging directory, so publications need not exclude each other.
        Directories.forbidMoves(tables);
        Guard guard = tables.guard(stagedId);
        Inode inode = tables.inode(stagedId);
        Dentry target = tables.dentry(targetParent, targetName);
        Dentry staged = tables.dentry(stagedParent, stagedName);
        if (target != null && target.inodeId() == stagedId && inode != null) {
            return Outcome.of(inode.status(targetPath, stagedId)); // by a first run of this step
        }
        if (staged == null || staged.inodeId() != stagedId || inode == null || guard == null) {
            throw Problems.notFound(stagedPath);
        }
        if (Directories.isWithin(tables, targetParent, stagedId)) {
            throw Problems.invalid("cannot publish a directory into itself: " + targetPath, targetPath);
        }
        Guard above = Directories.enter(tables, targetParent, targetPath);
        long version =
                target == null ? 1 : replaceable(tables, target).revision().version() + 1;
        inode = Directories.counting(inode, above.quotas(), stagedPath);
        if (target != null) {
            Directories.discard(tables, target, Doomed.removed(nowMs, 0));
        }
        Map<String, String> all = new LinkedHashMap<>(inode.attributes());
        all.putAll(attributes);
        AttributeStep.check(all, targetPath);
        Inode published = inode.with(kind, all).linked(targetParent, targetName).revised(version, nowMs);
        tables.guard(stagedId, guard.published(version));
        tables.unlink(stagedParent, stagedName);
        tables.inode(stagedId, published);
        Directories.link(tables, stagedId, published);
        return Outcome.of(published.status(targetPath, stagedId));
    }

    /** What is there, which goes to the trash. */
    private Inode replaceable(Tables tables, Dentry target) {
        if (!overwrite) {
            throw Problems.exists(targetPath, "overwrite it, append to it, or choose another path");
        }
        if (target.isFile()) {
            throw Problems.notDirectory(targetPath);
        }
        Inode replaced = tables.inode(target.inodeId());
        if (replaced == null) {
            throw new StaleException("removed meanwhile");
        }
        if (replaced.isMount()) {
            throw Problems.isMount(targetPath);
        }
        if (replaced.charge().own() != 0) {
            throw Problems.hasQuota(targetPath);
        }
        return replaced;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OperationId;
import org.jspecify.annotations.Nullable;

/** Renames an entry. Runs where the directory of the source is. */
final class RenameStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long sourceParent;
    private final String sourceName;
    private final String sourcePath;
    private final long sourceId;
    private final long targetParent;
    private final String targetName;
    private final String targetPath;
    private final boolean replaceFile;
    private final long nowMs;

    RenameStep(
            PathWalk.Place source,
            long sourceId,
            PathWalk.Place target,
            boolean replaceFile,
            @Nullable OperationId operation,
            long nowMs) {
        super(operation == null ? null : operation.value());
        this.sourceParent = source.parentId();
        this.sourceName = source.name();
        this.sourcePath = source.path().toString();
        this.sourceId = sourceId;
        this.targetParent = target.parentId();
        this.targetName = target.name();
        this.targetPath = target.path().toString();
        this.replaceFile = replaceFile;
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = inode(tables, sourceId); // before the names, so that only one of them leads to it at any time
        Dentry target = tables.dentry(targetParent, targetName);
        Dentry source = tables.dentry(sourceParent, sourceName);
        // Where it has a name, somebody else has renamed the same to the same, which is not what this caller did.
        boolean ontoItself = sourceParent == targetParent && sourceName.equals(targetName);
        if (target != null && target.inodeId() == sourceId && (ontoItself || !isNamed())) {
            return Outcome.of(inode.status(targetPath, sourceId)); // or by a first run of this step
        }
        if (source == null || source.inodeId() != sourceId) {
            throw new StaleException("renamed or removed meanwhile");
        }
        if (!source.isFile() && sourceParent != targetParent) {
            Directories.claimMoves(tables);
            if (Directories.isWithin(tables, targetParent, sourceId)) {
                throw Problems.invalid(
                        "cannot rename a directory into itself: " + sourcePath + " to " + targetPath, sourcePath);
            }
        }
        Guard above = Directories.enter(tables, targetParent, targetPath);
        Inode moved = Directories.counting(inode, above.quotas(), sourcePath).linked(targetParent, targetName);
        if (target != null) {
            moved = replacing(tables, source, target, moved);
        }
        tables.unlink(sourceParent, sourceName);
        tables.inode(sourceId, moved);
        Directories.link(tables, sourceId, moved);
        return Outcome.of(moved.status(targetPath, sourceId));
    }

    private Inode replacing(Tables tables, Dentry source, Dentry target, Inode moved) {
        if (!replaceFile || !source.isFile() || !target.isFile()) {
            throw Problems.exists(
                    targetPath,
                    source.isFile() && target.isFile() ? "ask for the replacement of the file, or remove it" : null);
        }
        long version = inode(tables, target.inodeId()).revision().version() + 1;
        Directories.discard(tables, target, Doomed.removed(nowMs, 0));
        return version > moved.revision().version()
                ? moved.revised(version, moved.revision().modifiedMs())
                : moved;
    }

    private static Inode inode(Tables tables, long id) {
        Inode inode = tables.inode(id);
        if (inode == null) {
            throw new StaleException("removed meanwhile");
        }
        return inode;
    }
}

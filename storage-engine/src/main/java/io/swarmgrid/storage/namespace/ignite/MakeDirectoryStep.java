package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.StoragePolicy;
import org.jspecify.annotations.Nullable;

/** Makes one directory. */
final class MakeDirectoryStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long parentId;
    private final String name;
    private final String path;
    private final long id;
    private final byte[] inode;
    private final boolean staged;
    private final boolean existingIsFine;

    /** @param id for the new directory, chosen at random */
    MakeDirectoryStep(PathWalk.Place place, long id, String owner, boolean existingIsFine, long nowMs) {
        super(null);
        this.parentId = place.parentId();
        this.name = place.name();
        this.path = place.path().toString();
        this.id = id;
        this.inode =
                Inode.directory(new Inode.Link(parentId, name), owner, nowMs).encode();
        this.staged = Staged.isBelow(place.path());
        this.existingIsFine = existingIsFine;
    }

    @Override
    byte[] change(Tables tables) {
        Dentry existing = tables.dentry(parentId, name);
        if (existing != null) {
            return existing(tables, existing);
        }
        tables.requireRoom();
        Guard above = Directories.enter(tables, parentId, path);
        Inode parent = tables.inode(parentId);
        if (parent == null) {
            throw new StaleException("directory is gone: " + path);
        }
        Inode fresh = Inode.decode(inode);
        Inode inheriting = fresh.with(fresh.kind(), StoragePolicy.inherited(parent.attributes()))
                .chargedTo(above.quotas());
        Guard guard = (staged ? Guard.STAGED : Guard.OPEN).counting(above.quotas());
        Inode made = Directories.make(tables, id, inheriting, guard);
        return Outcome.of(made.status(path, id));
    }

    private byte[] existing(Tables tables, Dentry existing) {
        if (existing.isFile() && existingIsFine) {
            throw Problems.notDirectory(path);
        }
        if (existing.inodeId() != id && !existingIsFine) {
            throw Problems.exists(path, null);
        }
        @Nullable Inode found = tables.inode(existing.inodeId());
        if (found == null) {
            throw new StaleException("removed meanwhile");
        }
        return Outcome.of(found.status(path, existing.inodeId()));
    }
}

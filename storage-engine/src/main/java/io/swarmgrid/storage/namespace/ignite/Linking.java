package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Links a finished file under its name, within a transaction: what commit and the put of a small file have in common. */
final class Linking {
    private Linking() {}

    /**
     * Enters the directory and gives the file that is replaced to the trash.
     *
     * @return the new file as it is to be linked: as that version, with the group and permission of what it replaces; where that one
     *     was meant, and no other, with its owner and attributes, too: but for the near copies that its blocks were made with
     */
    static Inode prepare(Tables tables, Target target, long fileId, Inode file, long nowMs) {
        Dentry existing = tables.dentry(target.parentId, target.name);
        Guard guard = Directories.enter(tables, target.parentId, target.path, target.staged);
        Inode linked = file.linked(target.parentId, target.name).chargedTo(guard.quotas());
        if (!target.isForAny() && (existing == null || existing.inodeId() != target.overId)) {
            throw Problems.elsewhere(target.path);
        }
        if (existing == null) {
            return linked.revised(1, nowMs);
        }
        Inode replaced = replacing(tables, target, existing, fileId, nowMs);
        refuseLateCreation(target, file.content().writer(), replaced);
        Inode revised = linked.revised(replaced.revision().version() + 1, nowMs);
        return target.isForAny()
                ? revised.with(replaced.rights().handedTo(file.rights().owner()))
                : revised.with(replaced.rights())
                        .with(replaced.kind(), Keeping.of(file.attributes()).in(replaced.attributes()));
    }

    private static Inode replacing(Tables tables, Target target, Dentry existing, long fileId, long nowMs) {
        if (!existing.isFile()) {
            throw Problems.isDirectory(target.path);
        }
        if (!target.overwrite) {
            throw Problems.exists(target.path, "overwrite it, or choose another path");
        }
        Inode replaced = tables.inode(existing.inodeId());
        if (replaced == null || existing.inodeId() == fileId) {
            throw new StaleException("removed meanwhile");
        }
        if (target.overVersion != 0) {
            Lease lease = replaced.content().lease();
            if (lease != null) {
                throw Problems.beingWritten(target.path, lease);
            }
            if (replaced.revision().version() != target.overVersion) {
                throw Problems.changedMeanwhile(target.path);
            }
        }
        Directories.discard(tables, existing, Doomed.removed(nowMs, 0));
        return replaced;
    }

    /** A writer names himself anew for each file: where he has made one by that name, this was asked before, and came late. */
    private static void refuseLateCreation(Target target, Writer writer, Inode replaced) {
        if (!writer.isNone() && writer.id() == replaced.content().writer().id()) {
            throw Problems.exists(target.path, "it was made by this very writer");
        }
    }

    /** The file, where this very file is linked there already: by a first run of the step. */
    static @Nullable Inode linkedBefore(Tables tables, Target target, long fileId) {
        Dentry existing = tables.dentry(target.parentId, target.name);
        return existing != null && existing.inodeId() == fileId ? tables.inode(fileId) : null;
    }

    /** Where a file is to be linked, and over what. A plain class: it travels within steps. */
    static final class Target implements Serializable {
        private static final long serialVersionUID = 1L;

        private final long parentId;
        private final String name;
        private final String path;
        private final boolean staged;
        private final boolean overwrite;
        private final long overId;
        private final long overVersion;

        Target(PathWalk.Place place, PutOptions options) {
            this.parentId = place.parentId();
            this.name = place.name();
            this.path = place.path().toString();
            // Only work directly in a session's directory can race with its publication.
            this.staged = Staged.isBelow(place.path())
                    && place.path().names().size() == Files.STAGING.names().size() + 2;
            this.overwrite = options.overwrite();
            PutOptions.Over over = options.over();
            this.overId = over == null ? 0 : over.fileId();
            this.overVersion = over == null ? 0 : over.version();
        }

        private boolean isForAny() {
            return overId == 0;
        }

        long parentId() {
            return parentId;
        }

        String name() {
            return name;
        }

        String path() {
            return path;
        }
    }
}

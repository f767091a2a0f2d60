package io.swarmgrid.storage.namespace.ignite;

/** Names that lead to what is not there. */
final class TornNames {
    private TornNames() {}

    static boolean isTorn(Tables tables, DentryKey key, Dentry dentry) {
        Inode inode = tables.inode(dentry.inodeId());
        return inode == null || !Torn.isAt(tables, key, inode) || Torn.isRemoved(tables, dentry.inodeId());
    }

    /** Puts it right. @return whether there was anything */
    static boolean mend(Tables tables, DentryKey key, long nowMs) {
        Dentry dentry = tables.dentry(key.parentId(), key.name());
        if (dentry == null || !isTorn(tables, key, dentry)) {
            return false;
        }
        long id = dentry.inodeId();
        Inode inode = tables.inode(id);
        if (inode != null && Torn.isAt(tables, key, inode)) {
            Torn.revive(tables, id, inode, nowMs); // doomed, but not unlinked
            TornInodes.mend(tables, id, nowMs); // which was left alone as long as it was in the trash
        } else if (inode != null && isToCome(tables, key, dentry, inode)) {
            come(tables, key, id, inode);
        } else if (!isReplacedInVain(tables, key, dentry, nowMs)) {
            tables.unlink(key.parentId(), key.name());
            if (inode != null && Ids.isInode(id)) {
                TornInodes.mend(tables, id, nowMs); // it is to have its name elsewhere, whoever has looked at it before
            }
        }
        return true;
    }

    /** Whether the directory has got what was appended, but for this. */
    private static boolean isToCome(Tables tables, DentryKey key, Dentry dentry, Inode inode) {
        Dentry.Before before = dentry.before();
        Inode directory = tables.inode(key.parentId());
        return before != null
                && before.moved()
                && directory != null
                && directory.revision().changes() >= before.stamp()
                && inode.content().isVisible()
                && inode.link().equals(new Inode.Link(before.id(), key.name()));
    }

    private static void come(Tables tables, DentryKey key, long id, Inode inode) {
        Inode.Link link = inode.link();
        Dentry old = tables.dentry(link.parentId(), link.name());
        tables.inode(id, Torn.counting(tables, inode, key.parentId()).linked(key.parentId(), key.name()));
        if (old != null && old.inodeId() == id) {
            tables.unlink(link.parentId(), link.name());
        }
    }

    /** Gives the name back to what had it, where its successor has not come. */
    private static boolean isReplacedInVain(Tables tables, DentryKey key, Dentry dentry, long nowMs) {
        Dentry.Before before = dentry.before();
        if (before == null || before.moved()) {
            return false;
        }
        Inode successor = tables.inode(dentry.inodeId());
        Inode replaced = tables.inode(before.id());
        if ((successor != null && successor.revision().changes() >= before.stamp())
                || replaced == null
                || !Torn.isAt(tables, key, replaced)) {
            return false;
        }
        Torn.revive(tables, before.id(), replaced, nowMs);
        return true;
    }
}

package io.swarmgrid.storage.namespace.ignite;

/*
 * Ignite's log has the entries of a transaction one by one on their primary, in the order in which the transaction first touched them,
 * and each primary has its own. So where every node that has a copy is killed at once, some entries of a transaction that
 * nobody was told of may be there, and others not. What is there must be enough to tell what was meant:
 *
 *  - The inode decides: it says where it is linked, and names and guards follow. So a rename has taken place once its inode is
 *    written, and not before; what a removal has only unlinked is linked again, and what it has only doomed lives on. Of two inodes
 *    that say the same place the one of the later version replaces the other.
 *  - An append moves many at once, and the directory's inode decides: an inode says how often that is to have been stored
 *    (Inode.Appended; a version is no such count: a publication begins it anew), and its name says so, too.
 *  - What is replaced is doomed, and its name leads to the other: the name says what it was (Dentry.Before), in case
 *    the other has not come.
 *  - A join empties files: they keep what they had, and say whose it is (Lease.givenTo); and that says what they were before
 *    (Inode.Joined), in case they still are.
 *  - Bytes of small files lie with their inode, on one primary, and are touched before it when it grows, after it when it is cut:
 *    where there are more than it says, the rest is cut off.
 *  - An outcome that is remembered says how often the inode was stored then (Outcome.witness).
 */
/** What changes that were cut off by the end of all nodes leave, as {@link Mender} finds it. All of it within transactions. */
final class Torn {
    private Torn() {}

    /** Where an inode is to be found: where it was, if it was to be appended to a directory, and that has not come about. */
    static Inode.Link place(Tables tables, Inode inode) {
        Inode.Appended appended = inode.appended();
        if (appended == null) {
            return inode.link();
        }
        Inode directory = tables.inode(inode.link().parentId());
        boolean isToCome = directory != null && directory.revision().changes() < appended.stamp();
        return isToCome && tables.inode(appended.from()) != null // which goes only after all has come
                ? new Inode.Link(appended.from(), inode.link().name())
                : inode.link();
    }

    /** Whether the file that was to have the content of this one has it not. */
    static boolean isGivenInVain(Tables tables, Inode inode) {
        Lease lease = inode.content().lease();
        if (lease == null || !lease.isGiven()) {
            return false;
        }
        Inode taker = tables.inode(lease.takerId()); // where it is gone it was removed, with what it had
        return taker != null && taker.revision().changes() < lease.takerStamp();
    }

    static boolean isRemoved(Tables tables, long id) {
        Doomed doomed = tables.doomed(id);
        return doomed != null && doomed.lease() == null;
    }

    /** Whether a name leads to an entry that is there by what its inode says. */
    static boolean isAt(Tables tables, DentryKey key, Inode inode) {
        return inode.content().isVisible() && place(tables, inode).equals(new Inode.Link(key.parentId(), key.name()));
    }

    /** Whether a directory lacks its guard, or has that of a version, or of a mount, which it has not come to. */
    static boolean isUnguarded(Tables tables, long id, Inode inode) {
        if (inode.isFile()) {
            return false;
        }
        Guard guard = tables.guard(id);
        return guard == null || guard.version() != inode.revision().version() || guard.mounted() != inode.isMount();
    }

    static void guard(Tables tables, long id, Inode inode) {
        long parentId = place(tables, inode).parentId();
        Guard above = tables.guard(parentId);
        boolean staged = parentId == Ids.STAGING || (above != null && above.staged());
        tables.guard(id, Guard.of(inode, staged));
    }

    /** A file counts for what entries of its directory do. A directory is moved only where that is the same. */
    static Inode counting(Tables tables, Inode inode, long parentId) {
        Guard guard = inode.isFile() ? tables.guard(parentId) : null;
        return guard == null ? inode : inode.chargedTo(guard.quotas());
    }

    /** Takes an entry out of the trash, and links it where it says. Of one that was being written its keeper hears again. */
    static void revive(Tables tables, long id, Inode inode, long nowMs) {
        Lease lease = inode.content().lease();
        if (lease == null) {
            tables.dropDoomed(id);
        } else {
            tables.doomed(id, Doomed.unlessCommitted(nowMs, lease));
        }
        if (!inode.isFile()) {
            guard(tables, id, inode);
        }
        link(tables, place(tables, inode), new Dentry(id, inode.kind()));
    }

    /** Links it there; who is reading the names of that directory reads them again. */
    static void link(Tables tables, Inode.Link link, Dentry dentry) {
        Guard guard = tables.guard(link.parentId());
        if (guard != null && guard.token() != 0) {
            tables.guard(link.parentId(), guard.released());
        }
        tables.link(link.parentId(), link.name(), dentry);
    }
}

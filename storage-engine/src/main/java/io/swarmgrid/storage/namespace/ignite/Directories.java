package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import java.util.List;

/** What several steps do to directories, within their transactions. */
final class Directories {
    private static final byte[] FIRST_MOVE = {1};
    private static final int MAX_ANCESTORS = 4096;

    private Directories() {}

    /**
     * Takes part in a directory, so that a name can be linked in it: fails if it is gone, and lets whoever is reading its
     * names know.
     *
     * @return its guard, which says what counts for what
     */
    static Guard enter(Tables tables, long directoryId, String path) {
        return enter(tables, directoryId, path, false);
    }

    /** The same; a directory of staged work must not have been published meanwhile. */
    static Guard enter(Tables tables, long directoryId, String path, boolean staged) {
        Guard guard = tables.guard(directoryId);
        if (guard == null && directoryId == Ids.ROOT) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the namespace has no root yet: " + path);
        }
        if (guard == null || (staged && !guard.staged())) {
            throw new StaleException("directory is gone: " + path);
        }
        if (guard.mounted()) {
            throw Problems.belowMount(path);
        }
        if (guard.token() != 0) {
            tables.guard(directoryId, guard.released());
        }
        return guard;
    }

    /**
     * What is put into a directory, counting for what entries of that count for.
     *
     * @param path it, for the caller
     * @throws GridException PRECONDITION_FAILED where it is a directory that counts, with all that is below it, for other quotas
     */
    static Inode counting(Inode inode, List<Long> quotas, String path) {
        Charge charge = inode.charge();
        if (!inode.isFile() && (!charge.quotas().equals(quotas) || charge.settling() != 0)) {
            throw Problems.acrossQuotas(path);
        }
        return inode.chargedTo(quotas);
    }

    /** Makes a directory under an id of its own. */
    static Inode make(Tables tables, long id, Inode inode, Guard guard) {
        if (tables.guard(id) != null) {
            throw new StaleException("id is taken: " + id);
        }
        tables.guard(id, guard);
        tables.inode(id, inode);
        tables.link(inode.link().parentId(), inode.link().name(), new Dentry(id, inode.kind()));
        return inode;
    }

    /** Links an entry where its inode says, instead of what is there. */
    static void link(Tables tables, long id, Inode inode) {
        Inode.Link link = inode.link();
        Dentry replaced = tables.dentry(link.parentId(), link.name());
        Dentry.Before before = replaced == null || replaced.inodeId() == id
                ? null
                : new Dentry.Before(
                        false, replaced.inodeId(), inode.changed().revision().changes());
        tables.link(link.parentId(), link.name(), new Dentry(id, inode.kind(), before));
    }

    /** Reads the row that moves of directories across parents write: no such move happens until this commits. */
    static void forbidMoves(Tables tables) {
        tables.raw(Ids.MOVES);
    }

    /** Lets no other move of a directory across parents, and nothing that forbids them, happen until this commits. */
    static void claimMoves(Tables tables) {
        byte[] before = tables.raw(Ids.MOVES);
        tables.raw(Ids.MOVES, before == null ? FIRST_MOVE : before);
    }

    /** Whether a directory is another one or lies below it. */
    static boolean isWithin(Tables tables, long directoryId, long ancestorId) {
        long at = directoryId;
        for (int i = 0; i < MAX_ANCESTORS; i++) {
            if (at == ancestorId) {
                return true;
            }
            Inode inode = at == Ids.ROOT ? null : tables.inode(at);
            if (inode == null) {
                return false;
            }
            at = inode.link().parentId();
        }
        throw new GridException(
                ErrorCode.CORRUPT_DATA, "directory " + directoryId + " has more than " + MAX_ANCESTORS + " ancestors");
    }

    /** Whether a directory and all above it are there, and not in the trash. */
    static boolean isThere(Tables tables, long directoryId) {
        long at = directoryId;
        for (int i = 0; i < MAX_ANCESTORS && tables.guard(at) != null; i++) {
            Inode inode = tables.inode(at);
            if (at == Ids.ROOT || inode == null) {
                return inode != null;
            }
            at = inode.link().parentId();
        }
        return false;
    }

    /** Whether the removal with this token has discarded an inode before. */
    static boolean discarded(Tables tables, long id, long token) {
        Doomed doomed = tables.doomed(id);
        return doomed != null && doomed.by() == token;
    }

    /** Gives what a name leads to, to the trash; the name itself is the caller's to unlink or to link anew. */
    static void discard(Tables tables, Dentry dentry, Doomed why) {
        tables.doomed(dentry.inodeId(), why);
        if (dentry.kind() != EntryKind.FILE) {
            tables.dropGuard(dentry.inodeId());
        }
    }
}

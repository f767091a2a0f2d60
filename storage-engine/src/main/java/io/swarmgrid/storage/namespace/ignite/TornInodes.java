package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Inodes whose names, guards, leases or content are not what they say. */
final class TornInodes {
    private TornInodes() {}

    /** Whether anything of it is to be put right. What is in the trash is not, nor what somebody writes and nobody sees. */
    static boolean isTorn(Tables tables, long id, Inode inode, long nowMs) {
        if (id == Ids.ROOT) {
            return lacksQuota(tables, inode); // it has no name, and is never moved
        }
        if (Torn.isGivenInVain(tables, inode) || surplus(tables, id, inode) != null) {
            return true;
        }
        Doomed doomed = tables.doomed(id);
        if (doomed != null && (doomed.lease() == null || !inode.content().isVisible())) {
            return false;
        }
        Inode.Link place = Torn.place(tables, inode);
        Dentry dentry = tables.dentry(place.parentId(), place.name());
        return (doomed == null) != (inode.content().lease() == null)
                || dentry == null
                || dentry.inodeId() != id
                || !place.equals(inode.link())
                || Torn.isUnguarded(tables, id, inode)
                || lacksQuota(tables, inode)
                || TornQuotas.isMiscounted(tables, id, inode, place)
                || tables.expiries().isMissed(id, inode, nowMs)
                || !undrained(tables, inode).isEmpty();
    }

    /** The bytes of a small file, where they are more than it has come to have. */
    private static byte @Nullable [] surplus(Tables tables, long id, Inode inode) {
        byte[] bytes = inode.content().inlined() ? tables.inline(id) : null;
        return bytes != null && bytes.length > inode.content().lengthBytes() ? bytes : null;
    }

    /** Puts it right. @return whether there was anything */
    static boolean mend(Tables tables, long id, long nowMs) {
        Inode inode = tables.inode(id);
        if (inode == null || !isTorn(tables, id, inode, nowMs)) {
            return false;
        }
        if (id == Ids.ROOT) {
            giveQuota(tables, id, inode);
            return true;
        }
        byte[] bytes = surplus(tables, id, inode);
        if (bytes != null) {
            tables.inline(id, Arrays.copyOf(bytes, (int) inode.content().lengthBytes()));
        }
        if (Torn.isGivenInVain(tables, inode)) {
            inode = inode.holding(inode.content().kept());
            tables.inode(id, inode);
        }
        Lease lease = inode.content().lease();
        Doomed doomed = tables.doomed(id);
        if (doomed != null && doomed.lease() == null) {
            return true; // it was removed
        }
        if (lease == null && doomed != null) {
            tables.dropDoomed(id); // it was committed
        } else if (lease != null && doomed == null) {
            tables.doomed(id, Doomed.unlessCommitted(nowMs, lease)); // its writer is gone
        }
        if (!inode.content().isVisible()) {
            return true;
        }
        for (Map.Entry<Long, Inode> source : undrained(tables, inode).entrySet()) {
            dropUnused(tables, source.getKey(), source.getValue(), inode);
            drain(
                    tables,
                    source.getKey(),
                    source.getValue(),
                    Lease.givenTo(id, inode.revision().changes()),
                    nowMs);
        }
        Inode.Link place = Torn.place(tables, inode);
        if (!place.equals(inode.link())) {
            goBack(tables, id, inode, place, nowMs);
            inode = Torn.counting(tables, inode, place.parentId()).linked(place.parentId(), place.name());
            tables.inode(id, inode);
        }
        if (Torn.isUnguarded(tables, id, inode)) {
            Torn.guard(tables, id, inode);
        }
        if (lacksQuota(tables, inode)) {
            giveQuota(tables, id, inode);
        }
        if (TornQuotas.isMiscounted(tables, id, inode, place)) {
            inode = TornQuotas.count(tables, id, inode, place);
        }
        if (tables.expiries().isMissed(id, inode, nowMs)) {
            tables.expiries().note(id, inode);
        }
        link(tables, id, inode, nowMs);
        return true;
    }

    /** Whether it says that it has a quota of which there is nothing else. */
    private static boolean lacksQuota(Tables tables, Inode inode) {
        long own = inode.charge().own();
        return own != 0 && tables.charging().quota(own) == null;
    }

    private static void giveQuota(Tables tables, long id, Inode inode) {
        Charge charge = inode.charge();
        tables.charging().quota(charge.own(), Quota.counting(id, charge.limits()));
    }

    /** Takes the name that it was to have; the directory that it was in is made whole. */
    private static void goBack(Tables tables, long id, Inode inode, Inode.Link place, long nowMs) {
        Inode.Link link = inode.link();
        Dentry dentry = tables.dentry(link.parentId(), link.name());
        if (dentry != null && dentry.inodeId() == id) {
            tables.unlink(link.parentId(), link.name());
        }
        Inode directory = tables.inode(place.parentId());
        if (directory != null && Torn.isRemoved(tables, place.parentId())) {
            Torn.revive(tables, place.parentId(), directory, nowMs);
        }
    }

    private static void link(Tables tables, long id, Inode inode, long nowMs) {
        Inode.Link link = inode.link();
        Dentry dentry = tables.dentry(link.parentId(), link.name());
        if (dentry != null && dentry.inodeId() == id) {
            return;
        }
        Inode rival = dentry == null ? null : rival(tables, dentry, link);
        Dentry own = new Dentry(id, inode.kind());
        boolean isReplaced =
                rival != null && rival.revision().version() >= inode.revision().version();
        boolean isHomeless = tables.inode(link.parentId()) == null || Torn.isRemoved(tables, link.parentId());
        if (isReplaced || isHomeless) {
            Directories.discard(tables, own, Doomed.removed(nowMs, 0));
            return;
        }
        Torn.link(tables, link, own);
        if (dentry != null && rival != null) {
            Directories.discard(tables, dentry, Doomed.removed(nowMs, 0));
        }
    }

    /** What a name leads to, where that says the same. */
    private static @Nullable Inode rival(Tables tables, Dentry dentry, Inode.Link link) {
        Inode other = tables.inode(dentry.inodeId());
        boolean claims = other != null
                && other.content().isVisible()
                && Torn.place(tables, other).equals(link)
                && !Torn.isRemoved(tables, dentry.inodeId());
        return claims ? other : null;
    }

    /** The files that it was joined with, and that are still what they were before. */
    private static Map<Long, Inode> undrained(Tables tables, Inode inode) {
        Map<Long, Inode> sources = new HashMap<>();
        for (Inode.Joined joined : inode.joined()) {
            Inode source = tables.inode(joined.id());
            if (source != null && source.revision().changes() == joined.stamp()) {
                sources.put(joined.id(), source);
            }
        }
        return sources;
    }

    /** Of what was written for the join, and is no file of its own: blocks that it does not have. */
    private static void dropUnused(Tables tables, long id, Inode source, Inode taker) {
        if (!source.content().isVisible()) {
            Set<BlockId> unused = new HashSet<>(source.content().blocks());
            taker.content().blocks().forEach(unused::remove);
            unused.forEach(block -> tables.dropBlock(source.content().key(id, block)));
        }
    }

    private static void drain(Tables tables, long id, Inode source, Lease taker, long nowMs) {
        Inode.Link link = source.link();
        Dentry dentry = tables.dentry(link.parentId(), link.name());
        ConcatStep.give(tables, id, source, taker, nowMs);
        if (dentry != null && dentry.inodeId() == id) {
            tables.unlink(link.parentId(), link.name());
        }
    }
}

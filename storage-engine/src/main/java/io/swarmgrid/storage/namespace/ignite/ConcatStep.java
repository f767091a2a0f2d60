package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.OpenFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * No record of a block is touched: the target names the inode that each was written for (Inode.Adopted), so that a transaction
 * is as large as there are files, however large they are, and what sidecars say stays true. A source stays for a moment without
 * a name, as a put that was given up, until its keeper takes it back: so the journal of names has the target as it is now before it
 * has the end of the source, whose blocks would be nobody's else. It keeps its content till then and says whose that is: if all
 * nodes are killed and the log has the end of the source only, it is made whole (Torn).
 *
 * Readers look in no transaction, hence the order of the first touch: the sources, so that whoever finds one by its name waits;
 * the target; and then the names. Nobody finds a source gone and the target without it.
 */
/** Joins files to one. Runs where the target is. */
final class ConcatStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final Part target;
    private final Part[] sources;
    private final byte @Nullable [] inline;
    private final long spilledId;
    private final long spilledEpoch;
    private final long[] blocks;
    private final long[] homes;
    private final long[] offsets;
    private final long lengthBytes;
    private final long nowMs;

    /** @param operation never null: without it a second run could not know what the first did */
    ConcatStep(Part target, List<Part> sources, Concatenation order, String operation, long nowMs) {
        super(operation);
        this.target = target;
        this.sources = sources.toArray(new Part[0]);
        this.inline = order.inline();
        OpenFile spilled = order.spilled();
        this.spilledId = spilled == null ? 0 : spilled.fileId();
        this.spilledEpoch = spilled == null ? 0 : spilled.leaseEpoch();
        this.blocks =
                order.blocks().stream().mapToLong(block -> block.id().value()).toArray();
        this.homes = order.blocks().stream().mapToLong(BlockRecord::fileId).toArray();
        this.offsets = order.blocks().stream().mapToLong(BlockRecord::offset).toArray();
        this.lengthBytes = order.lengthBytes();
        this.nowMs = nowMs;
    }

    /** One of the files, where and as it was found. A plain class: it travels within the step. */
    static final class Part implements Serializable {
        private static final long serialVersionUID = 1L;

        private final long id;
        private final long parentId;
        private final String name;
        private final String path;
        private final long version;

        Part(PathWalk.Place place, long id, long version) {
            this.id = id;
            this.parentId = place.parentId();
            this.name = place.name();
            this.path = place.path().toString();
            this.version = version;
        }

        private Inode inode(Tables tables) {
            Inode inode = tables.inode(id);
            if (inode == null || !inode.isAt(parentId, name) || inode.revision().version() != version) {
                throw new StaleException(path);
            }
            return inode;
        }

        private void requireThere(Tables tables) {
            Dentry dentry = tables.dentry(parentId, name);
            if (dentry == null || dentry.inodeId() != id) {
                throw new StaleException(path);
            }
        }

        private void requireClosed(Tables tables, Inode inode) {
            Lease lease = inode.content().lease();
            if (lease != null) {
                throw Problems.beingWritten(path, lease);
            }
            Inode directory = tables.inode(parentId);
            if (directory == null || tables.doomed(id) != null || tables.guard(parentId) == null) {
                throw new StaleException(path);
            }
            if (directory.kind() != EntryKind.DIRECTORY) {
                throw Problems.invalid("cannot join files of a dataset: " + path, path);
            }
        }
    }

    @Override
    byte[] change(Tables tables) {
        if (inline != null) {
            tables.inline(target.id); // touched before the inode: see Torn
        }
        List<Inode> joined = new ArrayList<>(sources.length);
        for (Part source : sources) {
            joined.add(source.inode(tables));
        }
        Inode before = target.inode(tables);
        for (Part source : sources) {
            source.requireThere(tables);
        }
        target.requireThere(tables);
        target.requireClosed(tables, before);
        for (int i = 0; i < sources.length; i++) {
            sources[i].requireClosed(tables, joined.get(i));
            requireKept(sources[i], joined.get(i), before.storing());
        }
        List<Inode.Joined> taken = new ArrayList<>();
        if (spilledId != 0) {
            taken.add(new Inode.Joined(spilledId, takeSpilled(tables)));
        }
        Lease taker = Lease.givenTo(target.id, before.changed().revision().changes());
        for (int i = 0; i < sources.length; i++) {
            taken.add(new Inode.Joined(sources[i].id, joined.get(i).revision().changes()));
            give(tables, sources[i].id, joined.get(i), taker, nowMs);
            tables.unlink(sources[i].parentId, sources[i].name);
        }
        Inode after = before.holding(content(tables, before))
                .revised(before.revision().version() + 1, nowMs)
                .joined(taken);
        tables.inode(target.id, after);
        return Outcome.of(after.status(target.path, target.id));
    }

    /** A file of less promise does not become a part of one of more. */
    private void requireKept(Part source, Inode inode, Inode.Storing wanted) {
        Inode.Storing storing = inode.storing();
        if (inode.content().blocks().isEmpty()) {
            return;
        }
        if (storing.durability().compareTo(wanted.durability()) < 0) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot join what survives less: " + source.path + " is kept for durability " + storing.durability()
                            + ", " + target.path + " for " + wanted.durability(),
                    source.path,
                    "write it again with the durability of the target",
                    null);
        }
        if (storing.replicas() < wanted.replicas()) {
            throw new StaleException(source.path + " is to have fewer copies");
        }
    }

    /** What was written for this is no put of its own any more. @return how often it was stored before */
    private long takeSpilled(Tables tables) {
        Inode spilled = tables.inode(spilledId);
        Lease lease = spilled == null ? null : spilled.content().lease();
        if (spilled == null || lease == null || lease.epoch() != spilledEpoch) {
            throw Problems.leaseLost(target.path);
        }
        Set<BlockId> unused = new HashSet<>(spilled.content().blocks());
        Sequence.ids(blocks).forEach(unused::remove);
        unused.forEach(id -> tables.dropBlock(new BlockKey(spilledId, id)));
        empty(tables, spilledId, spilled);
        return spilled.revision().changes();
    }

    /** What a file holds is another's: its keeper takes back what is left. */
    static void give(Tables tables, long id, Inode inode, Lease taker, long nowMs) {
        tables.inode(id, inode.holding(inode.content().given(taker)));
        tables.doomed(id, Doomed.unlessCommitted(nowMs, taker));
    }

    private void empty(Tables tables, long id, Inode inode) {
        tables.inode(id, inode.holding(Inode.Content.hidden(Lease.NOBODY, List.of())));
        tables.doomed(id, Doomed.unlessCommitted(nowMs, Lease.NOBODY));
    }

    private Inode.Content content(Tables tables, Inode before) {
        if (inline != null) {
            tables.inline(target.id, inline);
            return Inode.Content.inline(inline.length);
        }
        if (before.content().inlined()) {
            tables.dropInline(target.id);
        }
        Map<BlockId, Inode.Adopted> adopted = new HashMap<>();
        for (int i = 0; i < blocks.length; i++) {
            if (homes[i] != target.id) {
                adopted.put(new BlockId(blocks[i]), new Inode.Adopted(homes[i], offsets[i]));
            }
        }
        return Inode.Content.sealed(lengthBytes, Sequence.ids(blocks)).adopting(adopted);
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into the tables as a recovery has found them. Whatever is there of an earlier run is replaced, so that a run
 * may be cut off anywhere and made again. Confined to one thread.
 */
final class RecoveryWriter {
    private static final int ENTRIES_A_TRANSACTION = 64;
    private static final int BLOCKS_A_TRANSACTION = 256;
    private static final long BLOCK_ID_GAP = 1L << 32;

    private final Runner runner;
    private final List<Entry> pending = new ArrayList<>();
    private long written;

    RecoveryWriter(Runner runner) {
        this.runner = runner;
    }

    /**
     * An entry as it is to be.
     *
     * @param guard of a directory; null for a file
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(
            long id,
            Inode inode,
            byte @Nullable [] inline,
            List<BlockRecord> blocks,
            @Nullable Guard guard) {}

    long written() {
        return written;
    }

    void put(Entry entry) {
        List<BlockRecord> blocks = entry.blocks();
        // Many blocks come before their file: a transaction stays small.
        for (int from = 0; from < blocks.size(); from += BLOCKS_A_TRANSACTION) {
            List<BlockRecord> some = blocks.subList(from, Math.min(blocks.size(), from + BLOCKS_A_TRANSACTION));
            if (blocks.size() > BLOCKS_A_TRANSACTION) {
                runner.rebuild(tables -> {
                    some.forEach(tables::block);
                    return some.size();
                });
            }
        }
        pending.add(entry);
        if (pending.size() >= ENTRIES_A_TRANSACTION) {
            flush();
        }
    }

    void flush() {
        if (pending.isEmpty()) {
            return;
        }
        List<Entry> some = List.copyOf(pending);
        pending.clear();
        runner.rebuild(tables -> {
            some.forEach(entry -> write(tables, entry));
            return some.size();
        });
        written += some.size();
    }

    private static void write(Tables tables, Entry entry) {
        Inode inode = entry.inode();
        Inode.Link link = inode.link();
        unlinkElsewhere(tables, entry.id(), link);
        if (entry.inline() != null) {
            tables.inline(entry.id(), entry.inline());
        }
        if (entry.blocks().size() <= BLOCKS_A_TRANSACTION) {
            entry.blocks().forEach(tables::block);
        }
        if (entry.guard() != null) {
            tables.guard(entry.id(), entry.guard());
        }
        tables.raw(entry.id(), inode.encode()); // as it was written down: it does not count as a change
        if (entry.id() != Ids.ROOT) {
            tables.link(link.parentId(), link.name(), new Dentry(entry.id(), inode.kind()));
        }
    }

    /** Takes back what an earlier run made, and what later knowledge says is gone. */
    void forget(List<Long> ids) {
        for (int from = 0; from < ids.size(); from += BLOCKS_A_TRANSACTION) {
            List<Long> some = ids.subList(from, Math.min(ids.size(), from + BLOCKS_A_TRANSACTION));
            List<byte @Nullable []> rows = runner.look(tables -> tables.inodes(some));
            for (int i = 0; i < some.size(); i++) {
                byte[] row = rows.get(i);
                if (row != null) {
                    forget(some.get(i), Inode.decode(row));
                }
            }
        }
    }

    private void forget(long id, Inode inode) {
        runner.rebuild(tables -> {
            unlinkElsewhere(tables, id, null);
            inode.content().keys(id, inode.content().blocks()).forEach(tables::dropBlock);
            tables.dropInline(id);
            if (inode.kind() != EntryKind.FILE) {
                tables.dropGuard(id);
            }
            tables.dropInode(id);
            return id;
        });
    }

    static void unlinkElsewhere(Tables tables, long id, Inode.@Nullable Link wanted) {
        byte[] before = tables.raw(id);
        if (before == null) {
            return;
        }
        Inode.Link link = Inode.decode(before).link();
        if (link.equals(wanted) || link.name().isEmpty()) {
            return; // where it is to be, or the root, which has no name
        }
        Dentry dentry = tables.dentry(link.parentId(), link.name());
        if (dentry != null && dentry.inodeId() == id) {
            tables.unlink(link.parentId(), link.name());
        }
    }

    /**
     * Makes sure that no block id is given out again: also none of a node that is not here, hence the gap. There is room for
     * two thousand million such gaps.
     */
    void keepBlockIds(long lastBlock) {
        runner.rebuild(tables -> {
            byte[] row = tables.raw(Ids.BLOCKS);
            long next = row == null ? 1 : new RecordReader(row).fixed();
            if (next <= lastBlock) {
                tables.raw(
                        Ids.BLOCKS,
                        new RecordWriter(16).fixed(lastBlock + BLOCK_ID_GAP).done());
            }
            return next;
        });
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into the tables as a recovery has found them. Whatever is there of an earlier run is replaced, so that a run
 * may be cut off anywhere and made again. Confined to one thread.
 */
final class RecoveryWriter {
    private static final int INODES_A_LOOK = 256;
    private static final long BLOCK_ID_GAP = 1L << 32;

    private final Runner runner;
    private final EntryWriter<Entry> entries;

    RecoveryWriter(Runner runner) {
        this.runner = runner;
        this.entries = new EntryWriter<>(runner, RecoveryWriter::putOwn, Tables::block);
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
            @Nullable Guard guard) implements EntryWriter.Entry {}

    long written() {
        return entries.written();
    }

    void put(Entry entry) {
        entries.put(entry);
    }

    void flush() {
        entries.flush();
    }

    private static void putOwn(Tables tables, Entry entry) {
        if (entry.inline() != null) {
            tables.inline(entry.id(), entry.inline());
        }
        if (entry.guard() != null) {
            Guard before = tables.guard(entry.id());
            tables.guard(entry.id(), entry.guard().counting(before == null ? List.of() : before.quotas()));
        }
    }

    /** Takes back what an earlier run made, and what later knowledge says is gone. */
    void forget(List<Long> ids) {
        for (int from = 0; from < ids.size(); from += INODES_A_LOOK) {
            List<Long> some = ids.subList(from, Math.min(ids.size(), from + INODES_A_LOOK));
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
            EntryWriter.unlinkElsewhere(tables, id, null);
            inode.content().keys(id, inode.content().blocks()).forEach(tables::dropBlock);
            tables.dropInline(id);
            if (inode.kind() != EntryKind.FILE) {
                tables.dropGuard(id);
            }
            tables.dropInode(id);
            return id;
        });
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

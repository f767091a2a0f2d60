package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into tables that have others. A run may be cut off anywhere and made again. Confined to one thread.
 */
final class RestoreWriter {
    private static final int COUNTED_A_TRANSACTION = 64;

    private final Runner runner;
    private final EntryWriter<Entry> entries;

    RestoreWriter(Runner runner) {
        this.runner = runner;
        this.entries = new EntryWriter<>(runner, RestoreWriter::putOwn, RestoreWriter::putBlock);
    }

    /**
     * An entry as it is to be.
     *
     * @param blocks whose records are written where there are none, or others
     * @param bytesOf the small file whose bytes this one gets; null where it keeps those it has
     */
    record Entry(
            long id,
            Inode inode,
            List<BlockRecord> blocks,
            @Nullable Long bytesOf) implements EntryWriter.Entry {}

    long written() {
        return entries.written();
    }

    /** The bytes of a small file, before the file itself. */
    void inline(long id, byte[] bytes) {
        runner.rebuild(tables -> {
            tables.requireRoom();
            tables.inline(id, bytes);
            return id;
        });
    }

    void put(Entry entry) {
        entries.put(entry);
    }

    void flush() {
        entries.flush();
    }

    /** Has entries count for what those of their directories do, once all are in their places. */
    void count(List<Long> ids) {
        for (int from = 0; from < ids.size(); from += COUNTED_A_TRANSACTION) {
            List<Long> some = ids.subList(from, Math.min(ids.size(), from + COUNTED_A_TRANSACTION));
            runner.rebuild(tables -> {
                some.forEach(id -> count(tables, id));
                return some.size();
            });
        }
    }

    private static void count(Tables tables, long id) {
        Inode inode = tables.inode(id);
        Guard above = inode == null ? null : tables.guard(inode.link().parentId());
        if (inode != null
                && above != null
                && !above.quotas().equals(inode.charge().quotas())) {
            TornQuotas.count(tables, id, inode, inode.link());
        }
    }

    private static void putOwn(Tables tables, Entry entry) {
        long id = entry.id();
        Inode inode = entry.inode();
        Long from = entry.bytesOf();
        byte[] bytes = from == null ? null : tables.inline(from);
        if (bytes != null) {
            tables.inline(id, bytes);
        } else if (inode.isFile() && !inode.content().inlined()) {
            tables.dropInline(id);
        }
        if (!inode.isFile()) {
            tables.guard(id, Guard.of(inode, false).counting(below(tables, id)));
        }
        if (inode.content().lease() == null) {
            tables.dropDoomed(id);
        }
    }

    /** What entries of a directory count for as it is, in the trash or not. */
    private static List<Long> below(Tables tables, long id) {
        Guard guard = tables.guard(id);
        if (guard != null) {
            return guard.quotas();
        }
        Inode there = tables.inode(id);
        return there == null ? List.of() : there.charge().below();
    }

    /** Of one that is there as it is to be the holders are better known. */
    private static void putBlock(Tables tables, BlockRecord block) {
        BlockRecord there = tables.block(new BlockKey(block.fileId(), block.id()));
        if (there == null || there.state() != BlockState.SEALED || there.epoch() != block.epoch()) {
            tables.block(block);
        }
    }
}

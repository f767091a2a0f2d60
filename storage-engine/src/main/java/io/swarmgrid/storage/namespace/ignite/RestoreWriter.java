package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into tables that have others. A run may be cut off anywhere and made again. Confined to one thread.
 */
final class RestoreWriter {
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
            Guard before = tables.guard(id);
            tables.guard(id, Guard.of(inode, false).counting(before == null ? List.of() : before.quotas()));
        }
        if (inode.content().lease() == null) {
            tables.dropDoomed(id);
        }
    }

    /** Of one that is there as it is to be the holders are better known. */
    private static void putBlock(Tables tables, BlockRecord block) {
        BlockRecord there = tables.block(new BlockKey(block.fileId(), block.id()));
        if (there == null || there.state() != BlockState.SEALED || there.epoch() != block.epoch()) {
            tables.block(block);
        }
    }
}

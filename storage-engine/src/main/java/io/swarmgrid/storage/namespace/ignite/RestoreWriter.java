package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into tables that have others. A run may be cut off anywhere and made again. Confined to one thread.
 */
final class RestoreWriter {
    private static final int ENTRIES_A_TRANSACTION = 64;
    private static final int BLOCKS_A_TRANSACTION = 256;

    private final Runner runner;
    private final List<Entry> pending = new ArrayList<>();
    private long written;

    RestoreWriter(Runner runner) {
        this.runner = runner;
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
            @Nullable Long bytesOf) {}

    long written() {
        return written;
    }

    /** The bytes of a small file, before the file itself. */
    void inline(long id, byte[] bytes) {
        runner.rebuild(tables -> {
            tables.inline(id, bytes);
            return id;
        });
    }

    void put(Entry entry) {
        List<BlockRecord> blocks = entry.blocks();
        if (blocks.size() > BLOCKS_A_TRANSACTION) {
            // They come before their file: a transaction stays small.
            for (int from = 0; from < blocks.size(); from += BLOCKS_A_TRANSACTION) {
                List<BlockRecord> some = blocks.subList(from, Math.min(blocks.size(), from + BLOCKS_A_TRANSACTION));
                runner.rebuild(tables -> {
                    some.forEach(block -> put(tables, block));
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
            some.forEach(entry -> put(tables, entry));
            return some.size();
        });
        written += some.size();
    }

    private static void put(Tables tables, Entry entry) {
        long id = entry.id();
        Inode inode = entry.inode();
        Inode.Link link = inode.link();
        RecoveryWriter.unlinkElsewhere(tables, id, link);
        if (entry.blocks().size() <= BLOCKS_A_TRANSACTION) {
            entry.blocks().forEach(block -> put(tables, block));
        }
        Long from = entry.bytesOf();
        byte[] bytes = from == null ? null : tables.inline(from);
        if (bytes != null) {
            tables.inline(id, bytes);
        } else if (inode.isFile() && !inode.content().inlined()) {
            tables.dropInline(id);
        }
        if (!inode.isFile()) {
            tables.guard(id, new Guard(false, 0, inode.revision().version()));
        }
        tables.raw(id, inode.encode());
        if (inode.content().lease() == null) {
            tables.dropDoomed(id);
        }
        if (id != Ids.ROOT) {
            tables.link(link.parentId(), link.name(), new Dentry(id, inode.kind()));
        }
    }

    /** Of one that is there as it is to be the holders are better known. */
    private static void put(Tables tables, BlockRecord block) {
        BlockRecord there = tables.block(new BlockKey(block.fileId(), block.id()));
        if (there == null || there.state() != BlockState.SEALED || there.epoch() != block.epoch()) {
            tables.block(block);
        }
    }
}

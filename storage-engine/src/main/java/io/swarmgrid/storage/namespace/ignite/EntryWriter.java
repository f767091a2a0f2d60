package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries into the tables as they are to be, under their ids and names, many in a transaction, which stays small: the blocks of a
 * file that has very many come before it, in transactions of their own. Confined to one thread.
 */
final class EntryWriter<E extends EntryWriter.Entry> {
    private static final int ENTRIES_A_TRANSACTION = 64;
    private static final int BLOCKS_A_TRANSACTION = 256;

    private final Runner runner;
    private final BiConsumer<Tables, E> own;
    private final BiConsumer<Tables, BlockRecord> block;
    private final List<E> pending = new ArrayList<>();
    private long written;

    /** What every entry has. */
    interface Entry {
        long id();

        Inode inode();

        List<BlockRecord> blocks();
    }

    /**
     * @param own puts what else there is of an entry, before its inode and name
     * @param block puts one of its blocks
     */
    EntryWriter(Runner runner, BiConsumer<Tables, E> own, BiConsumer<Tables, BlockRecord> block) {
        this.runner = runner;
        this.own = own;
        this.block = block;
    }

    /** How many are in the tables. */
    long written() {
        return written;
    }

    void put(E entry) {
        List<BlockRecord> blocks = entry.blocks();
        if (blocks.size() > BLOCKS_A_TRANSACTION) {
            for (int from = 0; from < blocks.size(); from += BLOCKS_A_TRANSACTION) {
                List<BlockRecord> some = blocks.subList(from, Math.min(blocks.size(), from + BLOCKS_A_TRANSACTION));
                runner.rebuild(tables -> {
                    tables.requireRoom();
                    some.forEach(each -> block.accept(tables, each));
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
        List<E> some = List.copyOf(pending);
        pending.clear();
        runner.rebuild(tables -> {
            tables.requireRoom();
            some.forEach(entry -> put(tables, entry));
            return some.size();
        });
        written += some.size();
    }

    private void put(Tables tables, E entry) {
        long id = entry.id();
        Inode inode = entry.inode();
        Inode.Link link = inode.link();
        unlinkElsewhere(tables, id, link);
        if (entry.blocks().size() <= BLOCKS_A_TRANSACTION) {
            entry.blocks().forEach(each -> block.accept(tables, each));
        }
        own.accept(tables, entry);
        tables.rewritten(id, inode);
        if (id != Ids.ROOT) {
            tables.link(link.parentId(), link.name(), new Dentry(id, inode.kind()));
        }
    }

    /** @param wanted where it is to be; null for nowhere */
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
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.Cache;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.jspecify.annotations.Nullable;

/** What the tables have while nobody changes them, but for the bytes of small files. Confined to one thread. */
final class PresentTree {
    private static final int PAGE = 512;

    private final Map<Long, Inode> inodes = new HashMap<>();
    private final Map<BlockKey, BlockRecord> blocks = new HashMap<>();
    private final Set<Long> removed = new HashSet<>();

    private final HeapShare heap;

    private PresentTree(HeapShare heap) {
        this.heap = heap;
    }

    /**
     * Reads all of it, each partition where it is.
     *
     * @param heap what it is held in
     */
    static PresentTree read(Runner runner, HeapShare heap) {
        PresentTree tree = new PresentTree(heap);
        int partitions = runner.look(Tables::partitions);
        for (int i = 0; i < partitions; i++) {
            int partition = i;
            runner.look(tables -> {
                tree.read(tables, partition);
                return partition;
            });
        }
        return tree;
    }

    private void read(Tables tables, int partition) {
        scan(tables.doomedCache(), partition, row -> {
            if (Doomed.decode(row.getValue()).lease() == null) {
                removed.add((Long) row.getKey());
            }
        });
        scan(tables.inodeCache(), partition, row -> {
            if (Ids.isInode((Long) row.getKey())) {
                Inode inode = Inode.decode(row.getValue());
                if (inodes.put((Long) row.getKey(), inode) == null) {
                    heap.inode(inode);
                }
            }
        });
        scan(tables.blockCache(), partition, row -> {
            BlockRecord block = BlockCodec.decode(row.getValue());
            if (blocks.put(new BlockKey(block.fileId(), block.id()), block) == null) {
                heap.blocks(1);
            }
        });
    }

    private interface Each {
        void take(Cache.Entry<Object, byte[]> row);
    }

    private static void scan(IgniteCache<?, byte[]> cache, int partition, Each each) {
        ScanQuery<Object, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setPageSize(PAGE);
        try (QueryCursor<Cache.Entry<Object, byte[]>> cursor =
                cache.<Object, byte[]>withKeepBinary().query(query)) {
            cursor.forEach(each::take);
        }
    }

    Set<Long> ids() {
        return inodes.keySet();
    }

    @Nullable
    Inode inode(long id) {
        return inodes.get(id);
    }

    boolean isRemoved(long id) {
        return removed.contains(id);
    }

    /** Whether it is there for others to see. */
    boolean isAlive(long id) {
        Inode inode = inodes.get(id);
        return inode != null
                && !removed.contains(id)
                && (!inode.isFile() || inode.content().isVisible());
    }

    /** The finished blocks of a file. */
    List<BlockRecord> blocks(long id) {
        Inode inode = inodes.get(id);
        if (inode == null) {
            return List.of();
        }
        List<BlockRecord> found = new ArrayList<>();
        for (BlockId block : inode.content().blocks()) {
            BlockRecord record = blocks.get(inode.content().key(id, block));
            if (record != null && record.state() == BlockState.SEALED) {
                found.add(record);
            }
        }
        return found;
    }

    /** The highest era of anything. */
    long era() {
        return inodes.values().stream()
                .mapToLong(inode -> Stamps.era(inode.revision().changes()))
                .max()
                .orElse(0);
    }
}

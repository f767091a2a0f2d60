package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.ignite.BackupDump.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a backup has, in memory but for the bytes of small files. Confined to one thread. */
final class BackupContent {
    private final HeapShare heap;
    private final Map<Long, Inode> inodes = new HashMap<>();
    private final Map<BlockKey, BlockRecord> blocks = new HashMap<>();
    private final Set<Long> removed = new HashSet<>();

    BackupContent(HeapShare heap) {
        this.heap = heap;
    }

    void add(Row row) {
        switch (row.cache()) {
            case NamespaceCaches.INODES -> {
                if (Ids.isInode(row.id())) {
                    Inode inode = Inode.decode(row.value());
                    if (inodes.put(row.id(), inode) == null) {
                        heap.inode(inode);
                    }
                }
            }
            case NamespaceCaches.BLOCKS -> {
                BlockRecord block = BlockCodec.decode(row.value());
                BlockKey key = new BlockKey(block.fileId(), block.id());
                if (blocks.put(key, block.heldBy(List.of())) == null) {
                    heap.blocks(1);
                }
            }
            case NamespaceCaches.TRASH -> {
                if (Doomed.decode(row.value()).lease() == null) {
                    removed.add(row.id());
                }
            }
            default -> {
                // names are in the inodes, and bytes are read once more when they are written
            }
        }
    }

    /** All rows are there: what was removed, or was not visible yet, is no part of it. */
    void complete() {
        Map<Long, Boolean> wanted = new HashMap<>(Map.of(Ids.ROOT, true, Ids.SWARM, false, Ids.STAGING, false));
        Set<Long> ids = Set.copyOf(inodes.keySet());
        ids.forEach(id -> isWanted(id, wanted));
        inodes.keySet().removeIf(id -> !wanted.getOrDefault(id, false));
    }

    /** Not what is in the trash, a put, or work that was not published; nor what lies below it. */
    private boolean isWanted(long id, Map<Long, Boolean> known) {
        Boolean before = known.get(id);
        if (before != null) {
            return before;
        }
        known.put(id, false); // for whoever comes back here
        Inode inode = inodes.get(id);
        boolean wanted = inode != null
                && !removed.contains(id)
                && (!inode.isFile() || inode.content().isVisible())
                && isWanted(inode.link().parentId(), known);
        known.put(id, wanted);
        return wanted;
    }

    Set<Long> ids() {
        return inodes.keySet();
    }

    Inode inode(long id) {
        Inode inode = inodes.get(id);
        if (inode == null) {
            throw new IllegalArgumentException("not in the backup: inode " + Ids.text(id));
        }
        return inode;
    }

    boolean isOpen(long id) {
        return inode(id).content().lease() != null;
    }

    /** An entry, closed, with its blocks and no holders; one that was open as far as its finished blocks went. */
    NameValue value(long id) {
        Inode inode = inode(id);
        Inode.Content content = inode.content();
        if (content.inlined() || !inode.isFile()) {
            Inode.Content closed = content.lease() == null ? content : Inode.Content.inline(content.lengthBytes());
            return new NameValue(inode.holding(closed), null, List.of());
        }
        if (content.lease() == null) {
            List<BlockRecord> all = content.keys(id, content.blocks()).stream()
                    .map(key -> block(id, key))
                    .toList();
            return new NameValue(inode, null, all);
        }
        List<BlockRecord> finished = new ArrayList<>();
        long end = 0;
        for (BlockKey key : content.keys(id, content.readable())) {
            BlockRecord block = block(id, key);
            if (block.state() != BlockState.SEALED) {
                break;
            }
            finished.add(block);
            end = Math.min(content.lengthBytes(), content.placed(block).offset() + block.lengthBytes());
        }
        List<BlockId> kept = finished.stream().map(BlockRecord::id).toList();
        return new NameValue(inode.holding(content.closed(end, kept)), null, finished);
    }

    private BlockRecord block(long id, BlockKey key) {
        BlockRecord block = blocks.get(key);
        if (block == null) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "the backup contradicts itself: no record of block " + key + " of inode " + Ids.text(id),
                    null,
                    "take another backup: swarm backup --list",
                    null);
        }
        return block;
    }
}

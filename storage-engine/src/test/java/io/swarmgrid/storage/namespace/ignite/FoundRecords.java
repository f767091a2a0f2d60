package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockSpread;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a recovery may find: records of journals, and blocks. */
final class FoundRecords {
    static final long NOW = 1_700_000_000_000L;

    private FoundRecords() {}

    static NameRecord directory(long id, long parentId, String name, long changes) {
        return record(id, value(inode(EntryKind.DIRECTORY, parentId, name, 1, changes, null), List.of()));
    }

    static NameRecord file(long id, long parentId, String name, long changes) {
        return record(id, value(inode(EntryKind.FILE, parentId, name, 1, changes, null), List.of()));
    }

    static NameRecord record(long id, NameValue value) {
        return new NameRecord(id, value.stamp(), NOW, value.encode());
    }

    static NameValue value(Inode inode, List<BlockRecord> blocks) {
        return new NameValue(inode, null, blocks);
    }

    static Inode inode(EntryKind kind, long parentId, String name, long version, long changes, @Nullable Lease lease) {
        return new Inode(
                kind,
                new Inode.Link(parentId, name),
                new Inode.Revision(version, NOW, NOW, changes),
                Inode.Rights.of("ada"),
                new Inode.Storing(2, Durability.POWER, BlockSpread.SPREAD),
                Map.of(),
                lease == null ? Inode.Content.sealed(0, List.of()) : Inode.Content.hidden(lease, List.of()));
    }

    static BlockRecord recorded(long id, long epoch, long fileId, long offset, long length) {
        return new BlockRecord(new BlockId(id), fileId, offset, length, epoch, 42, BlockState.SEALED, 2, id, List.of());
    }

    static FoundBlock block(long id, long epoch, long fileId, long offset, long length, String path) {
        return new FoundBlock(new BlockId(id), epoch, length, 42, new WayHome(fileId, path, offset));
    }
}

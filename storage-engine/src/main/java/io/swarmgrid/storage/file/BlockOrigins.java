package io.swarmgrid.storage.file;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.cache.Origin;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.replica.DataPath;

/** Where near copies that somebody asks for come from. Thread-safe. */
final class BlockOrigins {
    private final DataPath path;
    private final FileMetadata metadata;
    private final Turns turns = new Turns();

    BlockOrigins(DataPath path, FileMetadata metadata) {
        this.path = path;
        this.metadata = metadata;
    }

    /** Whether this node has a sealed copy. */
    boolean isHere(BlockRecord block) {
        return path.blocks()
                .find(block.id())
                .filter(stored -> stored.sealed() && stored.epoch() == block.epoch())
                .isPresent();
    }

    /** From the copy of this node where there is one. */
    Origin of(CallContext context, BlockRecord block) {
        return isHere(block)
                ? Origin.of(() -> path.blocks().open(block.id(), block.epoch()))
                : new RemoteOrigin(new Holders(path, metadata, context, new Suspects(), turns.next()), block);
    }
}

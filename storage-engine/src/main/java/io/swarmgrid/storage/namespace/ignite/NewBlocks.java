package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.placement.Placement;
import java.util.List;
import java.util.Set;

/** Makes blocks up: an id that none had before, and who is to hold it. Thread-safe. */
final class NewBlocks {
    private static final long FIRST_EPOCH = 1;

    private final StorageConfig config;
    private final Placement placement;
    private final BlockIds ids;

    NewBlocks(Runner runner, StorageConfig config, Placement placement) {
        this.config = config;
        this.placement = placement;
        this.ids = new BlockIds(runner);
    }

    /** @throws GridException NO_SPACE */
    BlockRecord next(OpenFile file, long offset, Set<String> avoid) {
        BlockId id = ids.next();
        long key =
                switch (file.options().placement()) {
                    case TOGETHER -> file.fileId();
                    case SPREAD -> placement.keyHere(id.value(), avoid);
                };
        long sizeBytes = config.blockSize().bytes();
        List<GridNodeInfo> chain = placement.choose(key, file.replicas(), sizeBytes, avoid);
        if (chain.isEmpty()) {
            throw new GridException(
                    ErrorCode.NO_SPACE,
                    "no node can take another block of " + config.blockSize() + ": " + file.path()
                            + (avoid.isEmpty() ? "" : ", without " + avoid),
                    file.path().toString(),
                    "add room or nodes, or remove files",
                    null);
        }
        return new BlockRecord(
                id,
                file.fileId(),
                offset,
                0,
                FIRST_EPOCH,
                0,
                BlockState.OPEN,
                file.replicas(),
                key,
                Holders.of(chain.stream().map(GridNodeInfo::name).toList(), FIRST_EPOCH));
    }
}

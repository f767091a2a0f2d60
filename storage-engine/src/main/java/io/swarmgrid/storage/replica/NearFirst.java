package io.swarmgrid.storage.replica;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.StoredBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A near copy, and the durable one of this node where that turns out bad: whoever reads from elsewhere would take the durable one for
 * bad. Confined to one call.
 */
final class NearFirst implements BlockReader {
    private static final Logger LOG = LoggerFactory.getLogger(NearFirst.class);

    private final DataPath path;
    private final StoredBlock block;

    private BlockReader reader;
    private boolean near = true;

    private NearFirst(DataPath path, BlockReader reader) {
        this.path = path;
        this.block = reader.block();
        this.reader = reader;
    }

    /** @throws GridException NOT_FOUND where there is neither */
    static BlockReader open(DataPath path, BlockId id, long epoch) {
        BlockReader kept = path.near().keeper().open(id, epoch);
        return kept == null ? path.blocks().open(id, epoch) : new NearFirst(path, kept);
    }

    @Override
    public StoredBlock block() {
        return block;
    }

    @Override
    public ByteBuf read(long position, int length) {
        try {
            return reader.read(position, length);
        } catch (GridException e) {
            if (!near || (e.code() != ErrorCode.CORRUPT_DATA && e.code() != ErrorCode.NOT_FOUND)) {
                throw e;
            }
            LOG.warn("near copy cannot be read: block={} reason={}", block.id(), e.getMessage());
            path.near().isBad(new SealedBlock(block.id(), block.epoch(), block.lengthBytes(), block.crc32c()));
            useDurable(e);
            return reader.read(position, length);
        }
    }

    @Override
    public void close() {
        reader.close();
    }

    private void useDurable(GridException why) {
        try {
            BlockReader opened = path.blocks().open(block.id(), block.epoch());
            reader.close();
            reader = opened;
            near = false;
        } catch (GridException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "the near copy was bad, and is gone: block=" + block.id() + ": " + why.getMessage(),
                    e);
        }
    }
}

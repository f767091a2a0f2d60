package io.swarmgrid.storage.replica;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.StoredBlock;

/** One ReadBlock call as its answerer. */
final class BlockSender extends RangeSender<BlockMessages.Read, BlockReader> {
    BlockSender(ServedCall call, DataPath path) {
        super(call, path, BlockMessages.Read.class);
    }

    @Override
    protected BlockReader open(BlockMessages.Read read) {
        BlockId id = BlockId.parse(read.blockId());
        return Boolean.TRUE.equals(read.near())
                ? NearFirst.open(path(), id, read.epoch())
                : path().blocks().open(id, read.epoch());
    }

    @Override
    protected Answer begin(BlockReader source, BlockMessages.Read read) {
        StoredBlock block = source.block();
        if (read.offset() < 0 || read.lengthBytes() < 0 || read.lengthBytes() > block.lengthBytes() - read.offset()) {
            throw GridException.invalid("cannot read block=" + read.blockId() + ": offset=" + read.offset()
                    + ", length=" + read.lengthBytes() + " of " + block.lengthBytes());
        }
        if (block.sealed() && !call().context().qos().equals(QosClass.BACKGROUND)) {
            path().demand().gave(fileOf(block), block.id(), read.lengthBytes(), block.lengthBytes());
        }
        return new Answer(Frame.Control.of(BlockMessages.BlockInfo.of(block)), read.offset(), read.lengthBytes());
    }

    /** A near copy says nothing of its file, and only those that are kept are read from elsewhere. */
    private long fileOf(StoredBlock block) {
        return path().near().keeper().fileOf(block.id()).orElse(block.home().inodeId());
    }

    @Override
    protected ByteBuf read(BlockReader source, long position, int length) {
        return source.read(position, length);
    }

    @Override
    protected int next(long position, long left) {
        return (int) Math.min(path().chunkBytes(), left);
    }
}

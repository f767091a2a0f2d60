package io.swarmgrid.storage.replica;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.FrameStream;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.replica.BlockMessages.BlockInfo;
import java.util.List;

/** Blocks of the other nodes, by the raw byte service. Thread-safe. */
public final class RemoteBlocks implements BlockTransfer {
    private final DataPath path;

    public RemoteBlocks(DataPath path) {
        this.path = path;
    }

    @Override
    public long fetch(CallContext context, BlockRecord block, GridNodeInfo from) {
        try (BlockSource source = source(context, block, from)) {
            BlockInfo info = source.info();
            if (info.lengthBytes() != block.lengthBytes() || info.crc32c() != block.crc32c()) {
                throw differs(block, from, info.lengthBytes(), info.crc32c());
            }
            putOldAside(block);
            WayHome home = new WayHome(block.fileId(), info.path(), block.offset());
            try (BlockWriter writer =
                    path.blocks().create(block.id(), block.epoch(), home, info.durability(), block.lengthBytes())) {
                copy(source, writer);
                SealedBlock sealed = writer.seal();
                if (sealed.crc32c() != block.crc32c()) {
                    path.blocks().delete(block.id(), block.epoch());
                    throw differs(block, from, sealed.lengthBytes(), sealed.crc32c());
                }
            }
        }
        return block.lengthBytes();
    }

    /**
     * Reads a copy on another node from an offset to its end, and keeps nothing of it.
     *
     * @throws GridException CORRUPT_DATA, NOT_FOUND: the copy is bad or not there; UNAVAILABLE, TIMEOUT: it cannot be told
     */
    public void verify(CallContext context, BlockRecord block, GridNodeInfo holder, long from) {
        try (BlockStream source =
                BlockStream.open(path, context, holder, block.id(), block.epoch(), from, block.lengthBytes())) {
            BlockInfo info = source.info();
            if (info.lengthBytes() != block.lengthBytes() || info.crc32c() != block.crc32c()) {
                throw differs(block, holder, info.lengthBytes(), info.crc32c());
            }
            while (source.position() < source.end()) {
                int length = (int) Math.min(path.chunkBytes(), source.end() - source.position());
                ByteBuf chunk = path.buffers().take(length);
                try {
                    source.read(chunk, length);
                } finally {
                    chunk.release();
                }
            }
        }
    }

    /**
     * Has a node drop its copy of a block that its writer gave up, up to this epoch. Only for whoever wrote it: to a block that others
     * know of this may come too late.
     */
    public void discard(CallContext context, GridNodeInfo node, BlockId block, long epoch) {
        ask(context, node, new BlockMessages.Discard(block.toString(), epoch, false));
    }

    /** Tells a holder that its copy of exactly this epoch is damaged, so that it puts it aside. Best effort. */
    public void quarantine(CallContext context, GridNodeInfo node, BlockId block, long epoch) {
        ask(context, node, new BlockMessages.Discard(block.toString(), epoch, true));
    }

    /**
     * Has a node end its copy of a block that lost its writer, under a later epoch, or put on the device what has ended and was not to
     * be there, under the same.
     *
     * @param lengthBytes to which it is cut, or {@link BlockStore#ALL}
     * @throws GridException NOT_FOUND where the node has none; PRECONDITION_FAILED where it is too short
     */
    public SealedReplica settle(CallContext context, GridNodeInfo node, ReplicaOrder order, long lengthBytes) {
        Long cut = lengthBytes == BlockStore.ALL ? null : lengthBytes;
        Frame question = Frame.Control.of(new BlockMessages.Settle(BlockMessages.Open.of(order, List.of()), cut));
        try (FrameStream answer = FrameStream.open(
                channel(context, node),
                BytesMethods.SETTLE_BLOCK,
                question,
                2,
                Patience.forChain(1, true),
                "settle " + order + " on node=" + node.name())) {
            if (!(answer.next() instanceof Frame.Control control)) {
                throw new GridException(ErrorCode.UNAVAILABLE, "node=" + node.name() + " did not settle " + order);
            }
            BlockMessages.Settled settled = control.as(BlockMessages.Settled.class);
            return new SealedReplica(node.name(), settled.lengthBytes(), settled.crc32c());
        }
    }

    private Channel channel(CallContext context, GridNodeInfo node) {
        return ClientInterceptors.intercept(
                path.channels().channel(node.location()),
                CallHeaders.of(context).interceptor());
    }

    private void ask(CallContext context, GridNodeInfo node, BlockMessages.Discard discard) {
        try (FrameStream answer = FrameStream.open(
                channel(context, node),
                BytesMethods.DISCARD_BLOCK,
                Frame.Control.of(discard),
                2,
                Patience.ASK,
                "discard block=" + discard.blockId() + " on node=" + node.name())) {
            answer.next();
        }
    }

    /** A copy here that is of this epoch was given up before: no holder is asked for a further one. */
    private void putOldAside(BlockRecord block) {
        path.blocks().quarantine(block.id(), block.epoch());
    }

    private BlockSource source(CallContext context, BlockRecord block, GridNodeInfo from) {
        return NearBlock.open(path, context, channel(context, from), block, from)
                .orElseGet(
                        () -> BlockStream.open(path, context, from, block.id(), block.epoch(), 0, block.lengthBytes()));
    }

    private void copy(BlockSource source, BlockWriter writer) {
        while (source.position() < source.end()) {
            int length = (int) Math.min(path.chunkBytes(), source.end() - source.position());
            ByteBuf chunk = path.buffers().take(length);
            try {
                source.read(chunk, length);
                writer.write(chunk.nioBuffer());
            } finally {
                chunk.release();
            }
        }
    }

    private static GridException differs(BlockRecord block, GridNodeInfo from, long lengthBytes, int crc32c) {
        return new GridException(
                ErrorCode.CORRUPT_DATA,
                "copy of block=" + block.id() + " on node=" + from.name() + " is not what the metadata says: length="
                        + lengthBytes + " of " + block.lengthBytes() + ", crc32c=" + Integer.toHexString(crc32c)
                        + " of "
                        + Integer.toHexString(block.crc32c()));
    }
}

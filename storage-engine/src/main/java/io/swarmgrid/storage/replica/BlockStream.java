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
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.BlockMessages.BlockInfo;
import org.jspecify.annotations.Nullable;

/**
 * A range of a sealed block as it arrives from a holder, a bounded number of chunks ahead. Every chunk is checked against
 * the checksum it came with. Confined to one thread at a time; the caller closes it.
 */
public final class BlockStream implements BlockSource {
    private static final int AHEAD = 4;

    private final DataPath path;
    private final CallContext context;
    private final FrameStream frames;
    private final String what;
    private final long end;
    private long position;
    private @Nullable BlockInfo info;
    /** What has come and was not read yet: its payload's reader index moves. */
    private Frame.@Nullable Data current;

    private BlockStream(DataPath path, CallContext context, FrameStream frames, String what, long position, long end) {
        this.path = path;
        this.context = context;
        this.frames = frames;
        this.what = what;
        this.position = position;
        this.end = end;
    }

    /** Asks a holder for a range of its durable copy; errors come from {@link #read}. */
    public static BlockStream open(
            DataPath path, CallContext context, GridNodeInfo holder, BlockId id, long epoch, long from, long to) {
        BlockMessages.Read read = new BlockMessages.Read(id.toString(), epoch, from, to - from, null);
        return open(path, context, holder, read);
    }

    /** The same of whatever copy it is recorded to have, a near one first. */
    public static BlockStream openAny(
            DataPath path, CallContext context, GridNodeInfo holder, BlockRecord block, Replica copy, Range range) {
        Boolean near = copy.near() == null ? null : true;
        return open(
                path,
                context,
                holder,
                new BlockMessages.Read(
                        block.id().toString(), copy.epoch(), range.from(), range.to() - range.from(), near));
    }

    /** From the first to before the last. */
    public record Range(long from, long to) {}

    private static BlockStream open(DataPath path, CallContext context, GridNodeInfo holder, BlockMessages.Read read) {
        String what = "read block=" + read.blockId() + ", epoch=" + read.epoch() + " from node=" + holder.name();
        Channel channel = ClientInterceptors.intercept(
                path.channels().channel(holder.location()),
                CallHeaders.of(context).interceptor());
        Frame request = Frame.Control.of(read);
        FrameStream frames = FrameStream.open(channel, BytesMethods.READ_BLOCK, request, AHEAD, Patience.READ, what);
        return new BlockStream(path, context, frames, what, read.offset(), read.offset() + read.lengthBytes());
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long end() {
        return end;
    }

    /** {@inheritDoc} UNAVAILABLE too when bytes were damaged on the way. */
    @Override
    public void read(ByteBuf target, int length) {
        int left = length;
        while (left > 0) {
            Frame.Data data = data();
            int count = Math.min(left, data.payload().readableBytes());
            target.writeBytes(data.payload(), count);
            position += count;
            left -= count;
            if (!data.payload().isReadable()) {
                data.release();
                current = null;
            }
        }
    }

    @Override
    public BlockInfo info() {
        if (info == null) {
            if (!(frames.next() instanceof Frame.Control control)) {
                throw outOfOrder();
            }
            info = control.as(BlockInfo.class);
        }
        return info;
    }

    private Frame.Data data() {
        if (current != null) {
            return current;
        }
        info();
        Frame frame = frames.next();
        if (!(frame instanceof Frame.Data data)) {
            throw outOfOrder();
        }
        current = data;
        path.awaitTurn(context, Direction.IN, data.lengthBytes());
        check(data);
        return data;
    }

    private void check(Frame.Data data) {
        if (data.offset() != position || !data.payload().isReadable() || !data.isIntact()) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "cannot " + what + ": damaged on the way at offset=" + position);
        }
    }

    private GridException outOfOrder() {
        return new GridException(ErrorCode.UNAVAILABLE, "cannot " + what + ": it ended at offset=" + position);
    }

    @Override
    public void close() {
        if (current != null) {
            current.release();
            current = null;
        }
        frames.close();
    }
}

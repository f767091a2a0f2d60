package io.swarmgrid.storage.mounted;

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
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.replica.DataPath;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A range of a file of an outer store as it arrives from the node that is its home. Confined to one thread; the caller closes it. */
final class OuterStream implements AutoCloseable {
    private static final int AHEAD = 4;

    private final DataPath path;
    private final CallContext context;
    private final FrameStream frames;
    private final String what;
    private long position;
    private boolean begun;
    private Frame.@Nullable Data current;

    private OuterStream(DataPath path, CallContext context, FrameStream frames, String what, long position) {
        this.path = path;
        this.context = context;
        this.frames = frames;
        this.what = what;
        this.position = position;
    }

    /** Asks a node for a range; errors come from {@link #read}. */
    static OuterStream open(
            DataPath path, CallContext context, GridNodeInfo home, OuterMessages.Read question, Duration patience) {
        String what = "read path=" + question.path() + " of uri=" + question.uri() + " from node=" + home.name();
        Channel channel = ClientInterceptors.intercept(
                path.channels().channel(home.location()),
                CallHeaders.of(context).interceptor());
        FrameStream frames =
                FrameStream.open(channel, BytesMethods.READ_OUTER, Frame.Control.of(question), AHEAD, patience, what);
        return new OuterStream(path, context, frames, what, question.offset());
    }

    /** Appends exactly so many of the next bytes to the target. */
    void read(ByteBuf target, int length) {
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
    public void close() {
        if (current != null) {
            current.release();
            current = null;
        }
        frames.close();
    }

    private Frame.Data data() {
        if (current != null) {
            return current;
        }
        if (!begun) {
            if (!(frames.next() instanceof Frame.Control)) {
                throw outOfOrder();
            }
            begun = true;
        }
        if (!(frames.next() instanceof Frame.Data data)) {
            throw outOfOrder();
        }
        current = data;
        path.awaitTurn(context, Direction.IN, data.lengthBytes());
        if (data.offset() != position || !data.payload().isReadable() || !data.isIntact()) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "cannot " + what + ": damaged on the way at offset=" + position);
        }
        return data;
    }

    private GridException outOfOrder() {
        return new GridException(ErrorCode.UNAVAILABLE, "cannot " + what + ": it ended at offset=" + position);
    }
}

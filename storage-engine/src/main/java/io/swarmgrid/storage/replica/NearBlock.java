package io.swarmgrid.storage.replica;

import io.grpc.Channel;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.FrameStream;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.replica.BlockMessages.BlockInfo;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block of another node of this machine (nodes with a disk or a device each), read from its file instead of over the
 * network. Its bytes are not checked as they are read: whoever copies them has the whole block's checksum in the end.
 */
final class NearBlock implements BlockSource {
    private static final Logger LOG = LoggerFactory.getLogger(NearBlock.class);

    private final DataPath path;
    private final CallContext context;
    private final String what;
    private final BlockInfo info;
    private final FileChannel file;
    private long position;

    private NearBlock(DataPath path, CallContext context, String what, BlockInfo info, FileChannel file) {
        this.path = path;
        this.context = context;
        this.what = what;
        this.info = info;
        this.file = file;
    }

    /** Empty where the holder is on another machine, or does not lend it, for whatever reason: then its bytes have to be sent. */
    static Optional<BlockSource> open(
            DataPath path, CallContext context, Channel channel, BlockRecord block, GridNodeInfo holder) {
        if (!path.config().shortCircuit() || !Channels.isHere(holder.location())) {
            return Optional.empty();
        }
        String what = "copy block=" + block.id() + ", epoch=" + block.epoch() + " of node=" + holder.name();
        Frame question = Frame.Control.of(new BlockMessages.Lend(block.id().toString(), block.epoch()));
        try (FrameStream answer = FrameStream.open(channel, BytesMethods.LEND_BLOCK, question, 2, Patience.ASK, what)) {
            if (answer.next() instanceof Frame.Control control) {
                BlockMessages.Lent lent = control.as(BlockMessages.Lent.class);
                Optional<FileChannel> file = lent.isOf(MachineId.own())
                        ? MachineId.open(Path.of(lent.file()), lent.fileKey(), StandardOpenOption.READ)
                        : Optional.empty();
                return file.map(opened -> new NearBlock(path, context, what, lent.info(), opened));
            }
        } catch (GridException | IOException | InvalidPathException e) {
            LOG.debug("cannot {} from its file, has it sent: {}", what, e.toString());
        }
        return Optional.empty();
    }

    @Override
    public BlockInfo info() {
        return info;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long end() {
        return info.lengthBytes();
    }

    @Override
    public void read(ByteBuf target, int length) {
        path.awaitTurn(context, Direction.IN, length);
        int left = length;
        try {
            while (left > 0) {
                int count = target.writeBytes(file, position, left);
                if (count < 0) {
                    throw new GridException(
                            ErrorCode.CORRUPT_DATA,
                            "cannot " + what + ": its file is cut short at " + position + " of " + end());
                }
                position += count;
                left -= count;
            }
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "cannot " + what + ": its file cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("cannot close what was lent: {}", e.toString());
        }
    }
}

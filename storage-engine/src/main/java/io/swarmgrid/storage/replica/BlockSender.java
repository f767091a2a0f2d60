package io.swarmgrid.storage.replica;

import io.grpc.ServerCall;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.StoredBlock;
import org.jspecify.annotations.Nullable;

/** One ReadBlock call as its answerer: reads, checks and sends while the connection takes more. */
final class BlockSender extends ServerCall.Listener<Frame> {
    /** How much may wait for the connection: the next chunks are read from the disk meanwhile. */
    static final int OUTSTANDING_BYTES = 2 << 20;

    private final ServedCall call;
    private final DataPath path;
    private @Nullable BlockReader reader;
    private long position;
    private long end;

    BlockSender(ServedCall call, DataPath path) {
        this.call = call;
        this.path = path;
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control) || reader != null) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a read takes one question");
            }
            begin(control.as(BlockMessages.Read.class));
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            frame.release();
        }
    }

    @Override
    public void onHalfClose() {
        pump();
    }

    @Override
    public void onReady() {
        pump();
    }

    @Override
    public void onCancel() {
        call.cancelled();
        close();
    }

    @Override
    public void onComplete() {
        close();
    }

    private void begin(BlockMessages.Read read) {
        BlockReader opened = path.blocks().open(BlockId.parse(read.blockId()), read.epoch());
        reader = opened;
        StoredBlock block = opened.block();
        if (read.offset() < 0 || read.lengthBytes() < 0 || read.lengthBytes() > block.lengthBytes() - read.offset()) {
            throw GridException.invalid("cannot read block=" + read.blockId() + ": offset=" + read.offset()
                    + ", length=" + read.lengthBytes() + " of " + block.lengthBytes());
        }
        position = read.offset();
        end = read.offset() + read.lengthBytes();
        call.send(Frame.Control.of(new BlockMessages.BlockInfo(
                block.lengthBytes(),
                block.crc32c(),
                block.home().inodeId(),
                block.home().path(),
                block.home().offset())));
    }

    private void pump() {
        BlockReader source = reader;
        if (source == null) {
            return;
        }
        try {
            while (position < end && call.isReady()) {
                int length = (int) Math.min(path.chunkBytes(), end - position);
                path.inTurn(call.context(), Direction.OUT, length, () -> send(source, length));
                position += length;
            }
            if (position == end) {
                close();
                call.finish();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void send(BlockReader source, int length) {
        ByteBuf bytes = source.read(position, length);
        call.send(new Frame.Data(position, Crc32c.of(bytes), bytes));
    }

    private void fail(Throwable e) {
        close();
        call.fail(e);
    }

    private void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}

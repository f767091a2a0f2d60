package io.swarmgrid.storage.door;

import io.grpc.ServerCall;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.ReadInfo;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.ServedCall;
import org.jspecify.annotations.Nullable;

/** One ReadFile call: reads and sends while the connection takes more. */
final class FileSender extends ServerCall.Listener<Frame> {
    /** How much may wait for the connection: the next chunks are read meanwhile. */
    static final int OUTSTANDING_BYTES = 2 << 20;

    private final ServedCall call;
    private final FileStore files;
    private final DataPath path;
    private @Nullable FileReader reader;
    private long position;
    private long end;

    FileSender(ServedCall call, FileStore files, DataPath path) {
        this.call = call;
        this.files = files;
        this.path = path;
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control) || reader != null) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a read takes one question");
            }
            begin(control.as(FileRead.class));
        } catch (RuntimeException | Error e) {
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

    private void begin(FileRead read) {
        FileReader opened = open(read);
        reader = opened;
        long size = opened.lengthBytes();
        long from = read.offset() == null ? 0 : read.offset();
        long length = read.lengthBytes() == null ? size - from : read.lengthBytes();
        if (from < 0 || length < 0 || from > size || length > size - from) {
            throw GridException.invalid(
                    "cannot read " + read.path() + ": offset=" + from + ", length=" + length + " of " + size);
        }
        position = from;
        end = from + length;
        call.send(Frame.Control.of(
                new ReadInfo(from, length, size, opened.layout().status().version())));
    }

    private FileReader open(FileRead read) {
        GridPath named = CallerPaths.parse(read.path());
        Long id = read.id();
        if (id == null) {
            return files.open(call.context(), named);
        }
        FileReader opened = files.open(call.context(), id);
        boolean allowed = false;
        try {
            CallerPaths.parse(opened.layout().status().path());
            allowed = true;
            return opened;
        } finally {
            if (!allowed) {
                opened.close();
            }
        }
    }

    private void pump() {
        FileReader source = reader;
        if (source == null) {
            return;
        }
        try {
            while (position < end && call.isReady()) {
                // Whole chunks of the file after a first one that may be short: that is how its blocks are cut.
                long chunk = path.chunkBytes();
                int length = (int) Math.min(chunk - position % chunk, end - position);
                send(source.read(position, length));
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

    private void send(ByteBuf bytes) {
        Frame.Data frame = new Frame.Data(position, Crc32c.of(bytes), bytes);
        boolean sent = false;
        try {
            path.inTurn(call.context(), Direction.OUT, frame.lengthBytes(), () -> call.send(frame));
            sent = true;
        } finally {
            if (!sent) {
                frame.release();
            }
        }
    }

    private void fail(Throwable failure) {
        close();
        call.fail(failure);
    }

    private void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}

package io.swarmgrid.client.bytes;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A file, or a part of it, as it arrives. Confined to one thread at a time; the caller closes it. */
public final class FileDownload implements AutoCloseable {
    private final FrameStream stream;
    private final String path;
    private final ReadInfo info;
    private long received;

    private FileDownload(FrameStream stream, String path, ReadInfo info) {
        this.stream = stream;
        this.path = path;
        this.info = info;
    }

    static FileDownload over(FrameStream stream, String path, Duration patience) {
        try {
            Frame first = stream.next(patience);
            if (first instanceof Frame.Control control) {
                return new FileDownload(stream, path, control.as(ReadInfo.class));
            }
            if (first != null) {
                first.release();
            }
            throw new GridException(ErrorCode.INTERNAL, "cannot read " + path + ": the node answered out of order");
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    public ReadInfo info() {
        return info;
    }

    /**
     * The next bytes, checked against their checksum; null once all of them came.
     *
     * @return direct, perhaps in several pieces; the caller releases it
     * @throws GridException as the node sent it, CORRUPT_DATA when the bytes changed on the way
     */
    public @Nullable ByteBuf next() {
        return checked(stream.next());
    }

    /** The same where they may take another time. */
    public @Nullable ByteBuf next(Duration within) {
        return checked(stream.next(within));
    }

    private @Nullable ByteBuf checked(@Nullable Frame frame) {
        if (frame == null) {
            if (received != info.lengthBytes()) {
                throw new GridException(
                        ErrorCode.CORRUPT_DATA,
                        "cannot read " + path + ": it ended after " + received + " of " + info.lengthBytes()
                                + " bytes");
            }
            return null;
        }
        if (!(frame instanceof Frame.Data data)
                || data.offset() != info.offset() + received
                || !data.isIntact()
                || data.lengthBytes() > info.lengthBytes() - received) {
            frame.release();
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "cannot read " + path + ": damaged on the way at offset " + (info.offset() + received));
        }
        received += data.lengthBytes();
        return data.payload();
    }

    /**
     * Writes all that is left.
     *
     * @param progress told of each count of bytes written
     * @return bytes written
     * @throws IOException of the target
     */
    public long transferTo(WritableByteChannel target, LongConsumer progress) throws IOException {
        long before = received;
        for (ByteBuf bytes = next(); bytes != null; bytes = next()) {
            try {
                for (ByteBuffer piece : bytes.nioBuffers()) {
                    while (piece.hasRemaining()) {
                        progress.accept(target.write(piece));
                    }
                }
            } finally {
                bytes.release();
            }
        }
        return received - before;
    }

    @Override
    public void close() {
        stream.close();
    }
}

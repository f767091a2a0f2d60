package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ReadInfo;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileRead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.function.LongConsumer;

/*
 * Nothing is known of the file before the first answer, and most files are small: so a node is asked for all of it, by one call.
 * Where it turns out that much is still to come, and a node of this machine lends the block that is next, that call is ended, and
 * the rest is read as FileInput reads. What was on its way by then, a few mebibytes at most, is lost: the file has to be larger
 * than that.
 */
/** The read of one file into a channel. */
final class FileGet {
    static final long IN_PLACE_FROM_BYTES = 16 << 20;
    private static final int PIECE_BYTES = 1 << 20;

    private final WritableByteChannel target;
    private final LongConsumer progress;
    private long written;

    private FileGet(WritableByteChannel target, LongConsumer progress) {
        this.target = target;
        this.progress = progress;
    }

    /** @return bytes written */
    static long run(GridClient client, FileRead read, WritableByteChannel target, LongConsumer progress)
            throws IOException {
        FileGet get = new FileGet(target, progress);
        try (RangeRead sent = new RangeRead(client, read)) {
            get.read(client, read.path(), sent);
        }
        return get.written;
    }

    private void read(GridClient client, String path, RangeRead sent) throws IOException {
        ByteBuf first = sent.next();
        if (first == null) {
            return;
        }
        write(first);
        ReadInfo range = Objects.requireNonNull(sent.info());
        if (range.lengthBytes() - written < IN_PLACE_FROM_BYTES) {
            all(sent);
            return;
        }
        try (LocalBlocks local = new LocalBlocks(client, new Opened(path, range.id(), range.sizeBytes()))) {
            if (!local.has(range.offset() + written)) {
                all(sent);
                return;
            }
            sent.close();
            while (written < range.lengthBytes()) {
                long before = written;
                long left = range.lengthBytes() - written;
                try (Pieces pieces = local.pieces(range.offset() + written, left, PIECE_BYTES)) {
                    all(pieces);
                }
                if (written == before) {
                    throw new GridException(ErrorCode.CORRUPT_DATA, "ended before its end: " + path);
                }
            }
        }
    }

    private void all(Pieces pieces) throws IOException {
        for (ByteBuf bytes = pieces.next(); bytes != null; bytes = pieces.next()) {
            write(bytes);
        }
    }

    /** Releases the bytes. */
    private void write(ByteBuf bytes) throws IOException {
        try {
            for (ByteBuffer piece : bytes.nioBuffers()) {
                while (piece.hasRemaining()) {
                    int count = target.write(piece);
                    written += count;
                    progress.accept(count);
                }
            }
        } finally {
            bytes.release();
        }
    }
}

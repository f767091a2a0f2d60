package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileRead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;

/** The read of one file into a channel. */
final class FileGet {
    private FileGet() {}

    /** @return bytes written */
    static long run(GridClient client, FileRead read, WritableByteChannel target, LongConsumer progress)
            throws IOException {
        long written = 0;
        try (RangeRead source = new RangeRead(client, read)) {
            for (ByteBuf bytes = source.next(); bytes != null; bytes = source.next()) {
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
        return written;
    }
}

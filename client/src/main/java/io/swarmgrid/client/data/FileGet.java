package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.bytes.ReadInfo;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.FileRead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The read of one file, over as many nodes as it takes. Used by one thread, once. */
final class FileGet {
    private final GridClient client;
    private final FileRead read;
    private final WritableByteChannel target;
    private final LongConsumer progress;
    private @Nullable ReadInfo whole;
    private long gotBytes;
    private long progressNanos = System.nanoTime();

    FileGet(GridClient client, FileRead read, WritableByteChannel target, LongConsumer progress) {
        this.client = client;
        this.read = read;
        this.target = target;
        this.progress = progress;
    }

    long run() throws IOException {
        for (int round = 0; ; round++) {
            long before = gotBytes;
            String location = null;
            if (whole != null && gotBytes == whole.lengthBytes()) {
                return gotBytes;
            }
            try (Opened opened = open()) {
                location = opened.location;
                copy(opened.download);
                return gotBytes;
            } catch (Broken e) {
                if (location != null) {
                    client.failed(location);
                }
                round = gotBytes > before ? 0 : round;
                if (System.nanoTime() - progressNanos
                        > client.options().timeout().toNanos()) {
                    throw new GridException(
                            e.error.code(),
                            "cannot read on: " + read.path() + " after " + gotBytes + " bytes: " + e.getMessage(),
                            read.path(),
                            e.error.hint(),
                            e);
                }
                GridClient.pause(round);
            }
        }
    }

    private record Opened(String location, FileDownload download) implements AutoCloseable {
        @Override
        public void close() {
            download.close();
        }
    }

    private Opened open() throws Broken {
        ReadInfo known = whole;
        FileRead rest = known == null
                ? read
                : new FileRead(read.path(), known.offset() + gotBytes, known.lengthBytes() - gotBytes);
        Opened opened;
        try {
            opened = client.anywhere("read " + read.path(), Repeat.SAFE, location -> {
                client.connected(location);
                return new Opened(location, client.bytes().read(location, client.newHeaders(), rest));
            });
        } catch (GridException e) {
            if (known == null) {
                throw e;
            }
            throw Broken.of(e);
        }
        ReadInfo info = opened.download.info();
        if (known == null) {
            whole = info;
        } else if (info.version() != known.version()) {
            opened.close();
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "changed while it was read: " + read.path(),
                    read.path(),
                    "read it again from the beginning",
                    null);
        }
        return opened;
    }

    private void copy(FileDownload download) throws IOException, Broken {
        while (true) {
            ByteBuf bytes;
            try {
                bytes = download.next();
            } catch (GridException e) {
                throw Broken.of(e);
            }
            if (bytes == null) {
                return;
            }
            try {
                for (ByteBuffer piece : bytes.nioBuffers()) {
                    while (piece.hasRemaining()) {
                        int count = target.write(piece);
                        gotBytes += count;
                        progress.accept(count);
                    }
                }
            } finally {
                bytes.release();
            }
            progressNanos = System.nanoTime();
        }
    }
}

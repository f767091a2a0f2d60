package io.swarmgrid.client.data;

import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.bytes.ReadInfo;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.FileRead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of one file as it arrives, over as many nodes as it takes: where one dies it goes on at another, at the byte
 * reached. Confined to one thread at a time; the caller closes it.
 */
final class RangeRead implements Pieces {
    private static final Logger LOG = LoggerFactory.getLogger(RangeRead.class);

    private final GridClient client;
    private final FileRead read;
    private @Nullable String askFirst;
    private @Nullable ReadInfo whole;
    private @Nullable Source opened;
    private long gotBytes;

    RangeRead(GridClient client, FileRead read) {
        this(client, read, null);
    }

    /** @param askFirst location of the node that is to send it if it can; null for any */
    RangeRead(GridClient client, FileRead read, @Nullable String askFirst) {
        this.client = client;
        this.read = read;
        this.askFirst = askFirst;
    }

    private record Source(String location, FileDownload download) implements AutoCloseable {
        @Override
        public void close() {
            download.close();
        }
    }

    /** What is read; null until the first bytes have come. */
    @Nullable
    ReadInfo info() {
        return whole;
    }

    /**
     * The next bytes, checked; null once all of them came.
     *
     * @return the caller releases it
     * @throws GridException NOT_FOUND; PRECONDITION_FAILED where the file changed meanwhile; UNAVAILABLE where no byte came
     *     for as long as the client is patient
     */
    @Override
    public @Nullable ByteBuf next() {
        long sinceNanos = System.nanoTime();
        for (int round = 0; ; round++) {
            if (whole != null && gotBytes == whole.lengthBytes()) {
                close();
                return null;
            }
            try {
                Source source = opened == null ? open() : opened;
                opened = source;
                ByteBuf bytes = download(source);
                if (bytes != null) {
                    gotBytes += bytes.readableBytes();
                }
                return bytes;
            } catch (Broken e) {
                if (opened != null) {
                    client.failed(opened.location);
                    close();
                }
                if (System.nanoTime() - sinceNanos > client.options().timeout().toNanos()) {
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

    private static @Nullable ByteBuf download(Source source) throws Broken {
        try {
            return source.download.next();
        } catch (GridException e) {
            throw Broken.of(e);
        }
    }

    private Source open() throws Broken {
        ReadInfo known = whole;
        FileRead rest = known == null
                ? read
                : new FileRead(read.path(), known.offset() + gotBytes, known.lengthBytes() - gotBytes, read.id());
        Source source = ofTheFirst(rest);
        if (source == null) {
            try {
                source = client.anywhere(
                        "read " + read.path(), Repeat.READ, (location, atMost) -> openAt(location, rest, atMost));
            } catch (GridException e) {
                if (known == null) {
                    throw e;
                }
                throw Broken.of(e);
            }
        }
        ReadInfo info = source.download.info();
        if (known == null) {
            whole = info;
        } else if (info.version() != known.version()) {
            source.close();
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "changed while it was read: " + read.path(),
                    read.path(),
                    "read it again from the beginning",
                    null);
        }
        return source;
    }

    /** Null where no node is to be asked first, or it was, or it does not answer: then any other one will do. */
    private @Nullable Source ofTheFirst(FileRead rest) {
        String location = askFirst;
        askFirst = null;
        if (location == null) {
            return null;
        }
        try {
            return openAt(location, rest, client.options().timeout());
        } catch (GridException | StatusRuntimeException e) {
            LOG.debug("asks any node: path={} node={} error={}", read.path(), location, e.toString());
            return null;
        }
    }

    private Source openAt(String location, FileRead rest, Duration atMost) {
        client.connected(location, atMost);
        return new Source(location, client.bytes().read(location, client.newHeaders(), rest, atMost));
    }

    /** Ends the read. Idempotent. */
    @Override
    public void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}

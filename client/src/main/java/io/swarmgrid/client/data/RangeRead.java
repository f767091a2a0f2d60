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
 * A part of one file as it arrives, over as many nodes as it takes: where one dies, or falls silent, it goes on at another, at the
 * byte reached. Confined to one thread at a time; the caller closes it.
 */
final class RangeRead implements Pieces {
    private static final Logger LOG = LoggerFactory.getLogger(RangeRead.class);

    /*
     * A node that is stopped keeps its connections, and one may be stuck that still answers for its connection. So a node is waited for
     * half of the time that is left where there are others to ask: the first one longest, which may have to give up a holder itself.
     */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);

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
                Source source = opened == null ? open(left(sinceNanos)) : opened;
                opened = source;
                ByteBuf bytes = download(source, share(left(sinceNanos)));
                if (bytes != null) {
                    gotBytes += bytes.readableBytes();
                }
                return bytes;
            } catch (Broken e) {
                if (opened != null) {
                    client.failed(opened.location);
                    close();
                }
                if (left(sinceNanos).isZero()) {
                    throw cannot("read on", sinceNanos, e.error);
                }
                GridClient.pause(round);
            }
        }
    }

    /** Of the client's timeout. */
    private Duration left(long sinceNanos) {
        Duration left = client.options().timeout().minusNanos(System.nanoTime() - sinceNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** What one node gets of the time that is left. */
    private Duration share(Duration left) {
        Duration half = left.dividedBy(2);
        Duration least = half.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : half;
        return client.locations().size() == 1 || left.compareTo(least) < 0 ? left : least;
    }

    private GridException cannot(String what, long sinceNanos, GridException why) {
        long tried = (System.nanoTime() - sinceNanos) / 1_000_000;
        return new GridException(
                why.code(),
                "cannot " + what + ": " + read.path() + " after " + gotBytes + " bytes, tried for " + tried + " ms at "
                        + client.locations() + ": " + why.getMessage(),
                read.path(),
                why.hint(),
                why);
    }

    private static @Nullable ByteBuf download(Source source, Duration within) throws Broken {
        try {
            return source.download.next(within);
        } catch (GridException e) {
            throw Broken.of(e);
        }
    }

    private Source open(Duration within) throws Broken {
        ReadInfo known = whole;
        FileRead rest = known == null
                ? read
                : new FileRead(read.path(), known.offset() + gotBytes, known.lengthBytes() - gotBytes, read.id());
        long sinceNanos = System.nanoTime();
        Source source = ofTheFirst(rest, within);
        if (source == null) {
            try {
                source = client.anywhere(
                        "read " + read.path(),
                        Repeat.READ,
                        within,
                        (location, atMost) -> openAt(location, rest, atMost, within));
            } catch (GridException e) {
                if (known == null) {
                    throw e.code() == ErrorCode.TIMEOUT ? cannot("read", sinceNanos, e) : e;
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
    private @Nullable Source ofTheFirst(FileRead rest, Duration within) {
        String location = askFirst;
        askFirst = null;
        if (location == null) {
            return null;
        }
        try {
            return openAt(location, rest, share(within), within);
        } catch (GridException | StatusRuntimeException e) {
            LOG.debug("asks any node: path={} node={} error={}", read.path(), location, e.toString());
            return null;
        }
    }

    private Source openAt(String location, FileRead rest, Duration atMost, Duration within) {
        client.connected(location, atMost);
        Duration share = share(within);
        Duration patience = atMost.compareTo(share) < 0 ? atMost : share;
        return new Source(location, client.bytes().read(location, client.newHeaders(), rest, patience));
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

package io.swarmgrid.client.data;

import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.grid.CallFailure;
import io.swarmgrid.client.grid.CallFailure.Reach;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SmallPut;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A file written piece by piece; nobody sees it before {@link #commit}. Bytes are gathered into frames of a mebibyte, and no
 * call is made before the first of them is full: what is smaller is put whole at the end. As long as there are not more than 32 MiB of
 * it, and all writers of the client do not keep too much together, they are kept here, and sent again to another node where one dies;
 * beyond that the put fails then. One that has failed stays so: nothing of it is stored. Confined to one thread at a time; the caller closes
 * it, which gives up what was not committed.
 */
public final class FileOutput implements AutoCloseable {
    private static final int KEEP_BYTES = GrowingFile.KEEP_BYTES;
    /** What nodes keep beside the names, unless they are told otherwise. */
    private static final int SMALL_BYTES = 4 << 10;

    private final GridClient client;
    private final FilePut put;
    private final PutStart.@Nullable Of of;
    private final PutAttempts attempts;
    private final KeptBytes kept;
    /** Null while there is nothing to send. */
    private @Nullable ByteBuf gathered;

    /** What the put has failed with. */
    private @Nullable GridException failure;

    private @Nullable FileUpload upload;
    /** What was put by one call; null for none. */
    private @Nullable FileStatus stored;
    /** Whether all that was sent is kept. */
    private boolean whole = true;

    private long position;
    private boolean closed;

    /** @param put where and how; without a {@code putId} it gets one */
    public FileOutput(GridClient client, FilePut put) {
        this(client, put, null);
    }

    /**
     * The same over one file and no other.
     *
     * @param of the file that it takes the place of; null for whichever is there
     */
    public FileOutput(GridClient client, FilePut put, PutStart.@Nullable Of of) {
        this.client = client;
        this.of = of;
        this.kept = new KeptBytes(0, client.resendBudget());
        this.put = PutAttempts.named(put);
        this.attempts = new PutAttempts(this.put, client.options().timeout());
    }

    /** Bytes taken so far. */
    public long position() {
        return position;
    }

    /**
     * Takes bytes; waits, bounded, for the network.
     *
     * @throws GridException what the grid refused the put with
     */
    public void write(byte[] bytes, int offset, int length) {
        write(ByteBuffer.wrap(bytes, offset, length));
    }

    /** The same for all bytes that remain in a buffer. */
    public void write(ByteBuffer bytes) {
        requireOpen();
        int end = bytes.limit();
        while (bytes.position() < end) {
            ByteBuf frame = gathered == null ? frame() : gathered;
            gathered = frame;
            int count = Math.min(end - bytes.position(), frame.writableBytes());
            bytes.limit(bytes.position() + count);
            frame.writeBytes(bytes);
            bytes.limit(end);
            position += count;
            if (!frame.isWritable()) {
                send();
            }
        }
    }

    /** Ends the file and waits until it is visible, as durable as it was asked to be. */
    public PutResult commit() {
        requireOpen();
        if (upload == null && of == null && position <= SMALL_BYTES) {
            FileStatus status = putAtOnce();
            if (status != null) {
                stored = status;
                return new PutResult(true, status.path(), null, status.sizeBytes(), status.version());
            }
        }
        gatheredIsKept();
        return lasting(FileUpload::commit);
    }

    /** By one call, where a node of this machine takes such without the network; null where it is to be sent as others are. */
    private @Nullable FileStatus putAtOnce() {
        byte[] bytes = new byte[(int) position];
        if (gathered != null) {
            gathered.getBytes(gathered.readerIndex(), bytes);
        }
        try {
            return client.actionHere("fs.put", SmallPut.of(put, bytes), FileStatus.class);
        } catch (GridException | StatusRuntimeException e) {
            CallFailure ended = CallFailure.of(e);
            if (ended.error().code() == ErrorCode.UNKNOWN_OPERATION) {
                return null; // an older node
            }
            try {
                attempts.brokeOff(ended.reach() == Reach.UNCLEAR ? unclear(ended) : Broken.of(e), true, position);
                return null;
            } catch (GridException last) {
                failure = attempts.refused(last);
                throw failure;
            }
        }
    }

    private static Broken unclear(CallFailure ended) {
        GridException error = ended.error();
        return new Broken(new GridException(ErrorCode.UNKNOWN_OUTCOME, String.valueOf(error.getMessage()), error));
    }

    /** The identity of the file; once it was committed. */
    public long fileId() {
        if (stored != null) {
            return stored.id();
        }
        if (upload == null) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "not committed: " + put.path());
        }
        return upload.fileId();
    }

    /** Gives up unless committed. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        kept.release();
        leave();
    }

    private void send() {
        boolean counted = whole && kept.promise(BytesMethods.CHUNK_BYTES);
        gatheredIsKept();
        lasting(started -> started);
        if (!counted || kept.sizeBytes() > KEEP_BYTES - BytesMethods.CHUNK_BYTES) {
            whole = false;
        }
        if (!whole) {
            kept.dropUpTo(kept.end());
        }
    }

    private void gatheredIsKept() {
        ByteBuf full = gathered;
        if (full != null) {
            gathered = null;
            kept.add(full);
        }
    }

    /** Does something once all that is kept is sent; again from the beginning at another node, where that can be. */
    private <T> T lasting(Function<FileUpload, T> work) {
        try {
            return untilDone(work);
        } catch (GridException e) {
            failure = e;
            throw e;
        }
    }

    private <T> T untilDone(Function<FileUpload, T> work) {
        while (true) {
            try {
                return attempt(work);
            } catch (Broken e) {
                leave();
                attempts.brokeOff(e, whole, position);
            } catch (GridException e) {
                throw attempts.refused(e);
            }
        }
    }

    private <T> T attempt(Function<FileUpload, T> work) throws Broken {
        try {
            FileUpload started = upload == null ? start() : upload;
            upload = started;
            kept.from(started.position(), started::write);
            return work.apply(started);
        } catch (GridException e) {
            throw Broken.of(e);
        }
    }

    private FileUpload start() {
        return client.anywhere("put " + put.path(), Repeat.READ, location -> {
            client.connected(location);
            return client.bytes()
                    .put(location, client.newHeaders(), PutStart.put(put, null).of(of));
        });
    }

    private void leave() {
        if (upload != null) {
            upload.close();
            upload = null;
        }
    }

    private static ByteBuf frame() {
        return PooledByteBufAllocator.DEFAULT.directBuffer(BytesMethods.CHUNK_BYTES, BytesMethods.CHUNK_BYTES);
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "closed: " + put.path());
        }
        if (failure != null) {
            // What is kept by now is not all of it: to send it would store that as the file.
            throw failure;
        }
    }
}

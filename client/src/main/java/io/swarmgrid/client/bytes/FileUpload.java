package io.swarmgrid.client.bytes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the grid; nobody sees a put before {@link #commit}. Confined to one thread at a time; the caller
 * closes it, which gives up what was not committed.
 */
public final class FileUpload implements AutoCloseable {
    /** How much may wait for the network in this process. */
    private static final int OUTSTANDING_BYTES = 4 << 20;
    /** How long the grid may take no byte, or take to seal what it took. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ClientCall<Frame, Frame> call;
    private final String path;
    private final Places places;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private @Nullable PutResult result;

    @GuardedBy("lock")
    private @Nullable Long opened;

    /** Reset with each flush. */
    @GuardedBy("lock")
    private long flushedBytes = -1;

    @GuardedBy("lock")
    private @Nullable Status end;

    @GuardedBy("lock")
    private Metadata trailers = new Metadata();

    private long position;
    private boolean ending;
    private long inPlaceBytes;

    private FileUpload(ClientCall<Frame, Frame> call, PutStart start) {
        this.call = call;
        this.path = start.file().path();
        this.places = new Places(path, start.local() != null && start.local());
    }

    static FileUpload start(Channel channel, PutStart start) {
        CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run).withOnReadyThreshold(OUTSTANDING_BYTES);
        ClientCall<Frame, Frame> call = Detached.newCall(channel, BytesMethods.PUT_FILE, options);
        FileUpload upload = new FileUpload(call, start);
        call.start(upload.new Answer(), new Metadata());
        // One more with each that comes: a place for each block, the result, the end.
        call.request(2);
        call.sendMessage(Frame.Control.of(start));
        return upload;
    }

    /** Bytes sent so far. */
    public long position() {
        return position;
    }

    /** How many of them were not sent, but written into the node's block files on this machine. */
    public long inPlaceBytes() {
        return inPlaceBytes;
    }

    /**
     * Sends the readable bytes and takes the ownership of the buffer; waits, bounded, for the network.
     *
     * @throws GridException what the grid refused the put with
     */
    public void write(ByteBuf bytes) {
        try {
            while (bytes.isReadable()) {
                int count = Math.min(bytes.readableBytes(), BytesMethods.CHUNK_BYTES);
                awaitReady();
                InPlace block = places.at(position);
                if (block == null) {
                    send(bytes.readRetainedSlice(count));
                } else {
                    put(block, bytes, (int) Math.min(count, block.room(position)));
                }
            }
        } finally {
            bytes.release();
        }
    }

    /** Sends a copy of the remaining bytes. */
    public void write(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), BytesMethods.CHUNK_BYTES);
            ByteBuf chunk = PooledByteBufAllocator.DEFAULT.directBuffer(count, count);
            chunk.writeBytes(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            write(chunk);
        }
    }

    /**
     * Sends all that the source has.
     *
     * @param progress told of each count of bytes sent
     * @throws IOException of the source
     */
    public void transferFrom(ReadableByteChannel source, LongConsumer progress) throws IOException {
        boolean more = true;
        while (more) {
            ByteBuf chunk =
                    PooledByteBufAllocator.DEFAULT.directBuffer(BytesMethods.CHUNK_BYTES, BytesMethods.CHUNK_BYTES);
            try {
                more = fill(chunk, source);
            } catch (IOException | RuntimeException e) {
                chunk.release();
                throw e;
            }
            int count = chunk.readableBytes();
            write(chunk);
            progress.accept(count);
        }
    }

    /** Waits until the file is visible, empty and open for this upload. */
    void awaitOpened(String location, Duration patience) {
        lock.lock();
        try {
            if (!await(Until.OPENED, patience)) {
                throw new GridException(
                        ErrorCode.TIMEOUT,
                        "cannot open " + path + " for writing: no answer from " + location + " for "
                                + patience.toMillis() + " ms");
            }
            if (opened == null) {
                throw failure();
            }
            position = opened;
            places.beginAt(position);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until readers see all that was sent, and its holders keep it; of a file that is visible.
     *
     * @param onDevice whether it is to survive a power cut
     */
    public void flush(boolean onDevice) {
        awaitReady();
        lock.lock();
        try {
            flushedBytes = -1;
        } finally {
            lock.unlock();
        }
        send(new Frame.Flush(position, onDevice));
        lock.lock();
        try {
            await(Until.FLUSHED);
            if (flushedBytes < position) {
                throw failure();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the file and waits until it is visible, as durable as it was asked to be. */
    public PutResult commit() {
        awaitReady();
        ending = true;
        call.sendMessage(Frame.Control.of(new PutEnd(position)));
        call.halfClose();
        lock.lock();
        try {
            await(Until.OVER);
            if (result == null) {
                throw failure();
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up unless committed. Idempotent. */
    @Override
    public void close() {
        places.close();
        boolean over;
        lock.lock();
        try {
            over = end != null;
        } finally {
            lock.unlock();
        }
        if (!over) {
            call.cancel("the upload was given up", null);
        }
    }

    private static boolean fill(ByteBuf chunk, ReadableByteChannel source) throws IOException {
        ByteBuffer space = chunk.nioBuffer(0, chunk.capacity());
        boolean more = true;
        while (more && space.hasRemaining()) {
            more = source.read(space) >= 0;
        }
        chunk.writerIndex(space.position());
        return more;
    }

    private void send(ByteBuf chunk) {
        int count = chunk.readableBytes();
        send(new Frame.Data(position, Crc32c.of(chunk), chunk));
        position += count;
    }

    private void send(Frame frame) {
        try {
            call.sendMessage(frame);
        } catch (IllegalStateException e) {
            frame.release();
            throw new GridException(ErrorCode.CANCELLED, "cannot put " + path + ": the upload is closed", e);
        }
    }

    /** Writes a chunk where the node keeps it; what cannot be written there (a full disk) the node shall refuse itself. */
    private void put(InPlace block, ByteBuf bytes, int count) {
        ByteBuf chunk = bytes.readRetainedSlice(count);
        boolean sent = false;
        try {
            block.write(chunk, position);
            sent = true;
        } catch (IOException e) {
            places.giveUp();
        }
        if (!sent) {
            send(chunk);
            return;
        }
        try {
            send(new Frame.Written(position, count, Crc32c.of(chunk)));
            position += count;
            inPlaceBytes += count;
        } finally {
            chunk.release();
        }
    }

    private void awaitReady() {
        lock.lock();
        try {
            await(Until.READY);
            if (end != null) {
                throw failure();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void await(Until until) {
        if (!await(until, PATIENCE)) {
            throw new GridException(
                    ending ? ErrorCode.UNKNOWN_OUTCOME : ErrorCode.TIMEOUT,
                    "cannot put " + path + ": no answer for " + PATIENCE.toSeconds() + " s at byte " + position);
        }
    }

    /** Returns false where it did not come to that in time. */
    @GuardedBy("lock")
    private boolean await(Until until, Duration patience) {
        long left = patience.toNanos();
        try {
            while (end == null && !holds(until)) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(
                    ending ? ErrorCode.UNKNOWN_OUTCOME : ErrorCode.CANCELLED, "interrupted: put " + path, e);
        }
    }

    @GuardedBy("lock")
    private boolean holds(Until until) {
        return switch (until) {
            case OPENED -> opened != null;
            case READY -> call.isReady();
            case FLUSHED -> flushedBytes >= position;
            case OVER -> false;
        };
    }

    private enum Until {
        OPENED,
        READY,
        FLUSHED,
        OVER
    }

    /** A connection lost after everything was sent leaves the outcome open; a refusal by the grid does not. */
    @GuardedBy("lock")
    private GridException failure() {
        Status status = end == null ? Status.UNKNOWN : end;
        GridException error = GridErrors.of(status.isOk() ? Status.INTERNAL : status, trailers);
        boolean said = trailers.containsKey(GridErrors.ERROR);
        if (said) {
            return error;
        }
        if (!ending) {
            return error.code() != ErrorCode.CANCELLED
                    ? error
                    : new GridException(
                            ErrorCode.UNAVAILABLE, "cannot put " + path + ": the node ended the call", error);
        }
        return new GridException(
                ErrorCode.UNKNOWN_OUTCOME,
                "the connection was lost while " + path + " was being committed: " + error.getMessage(),
                path,
                "look whether it is there, or put it again with the same put_id",
                error);
    }

    private final class Answer extends ClientCall.Listener<Frame> {
        @Override
        public void onMessage(Frame frame) {
            frame.release();
            if (frame instanceof Frame.Control control) {
                PutNotice notice = control.as(PutNotice.class);
                if (notice.block() != null) {
                    places.offer(notice.block());
                }
                lock.lock();
                try {
                    result = notice.result();
                    opened = notice.opened() == null ? opened : notice.opened();
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
                call.request(1);
            } else if (frame instanceof Frame.Flush flush) {
                lock.lock();
                try {
                    flushedBytes = flush.offset();
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
                call.request(1);
            }
        }

        @Override
        public void onReady() {
            signal();
        }

        @Override
        public void onClose(Status status, Metadata metadata) {
            places.end();
            lock.lock();
            try {
                end = status;
                trailers = metadata;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void signal() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}

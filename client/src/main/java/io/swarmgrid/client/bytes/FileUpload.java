package io.swarmgrid.client.bytes;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the grid; nobody sees a put before {@link #commit}. Confined to one thread at a time; the caller
 * closes it, which gives up what was not committed.
 */
public final class FileUpload implements AutoCloseable {
    /** How much may wait for the network in this process. */
    private static final int OUTSTANDING_BYTES = 4 << 20;

    /** A node says by itself what is kept as long as it takes more; after that it is asked. */
    private static final Duration ASK_EVERY = Duration.ofMillis(20);

    private final ClientCall<Frame, Frame> call;
    private final String path;
    private final Places places;
    private final UploadAnswers answers;
    private long position;
    private long inPlaceBytes;

    private FileUpload(ClientCall<Frame, Frame> call, PutStart start) {
        this.call = call;
        this.path = start.file().path();
        this.places = new Places(path, start.local() != null && start.local());
        this.answers = new UploadAnswers(call, path, places);
    }

    static FileUpload start(Channel channel, PutStart start) {
        CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run).withOnReadyThreshold(OUTSTANDING_BYTES);
        ClientCall<Frame, Frame> call = Detached.newCall(channel, BytesMethods.PUT_FILE, options);
        FileUpload upload = new FileUpload(call, start);
        call.start(upload.answers, new Metadata());
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
                answers.awaitReady(position);
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

    /** Waits until the file is visible and open for this upload, or is found to have ended before. */
    void awaitOpened(String location, Duration patience) {
        position = answers.awaitOpened(location, patience);
        places.beginAt(position);
    }

    /** The identity of a file that is visible while it is written, or was committed. */
    public long fileId() {
        return answers.fileId();
    }

    /** Whether a file that is visible while it is written can be put on devices: not where it is kept in memory alone. */
    public boolean canSync() {
        return !answers.inMemory();
    }

    /** What an upload that was to go on with a file found instead: that the file had been committed by then. */
    public @Nullable PutResult ended() {
        return answers.result();
    }

    /** Up to where the nodes keep a file that is visible while it is written, even if the one that it goes through is lost. */
    public long keptBytes() {
        return answers.keptBytes();
    }

    /** Waits until so much is kept; false where it does not come to that in time. */
    public boolean awaitKept(long upTo, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!answers.awaitKept(upTo, ASK_EVERY)) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            answers.awaitReady(position);
            send(new Frame.Ack(upTo));
        }
        return true;
    }

    /**
     * Waits until readers see all that was sent, and its holders keep it; of a file that is visible.
     *
     * @param onDevice whether it is to survive a power cut
     */
    public void flush(boolean onDevice) {
        answers.awaitReady(position);
        answers.beginFlush();
        send(new Frame.Flush(position, onDevice));
        answers.awaitFlushed(position);
    }

    /** Ends the file and waits until it is visible, as durable as it was asked to be. */
    public PutResult commit() {
        answers.awaitReady(position);
        answers.ending();
        call.sendMessage(Frame.Control.of(new PutEnd(position)));
        call.halfClose();
        return answers.awaitResult(position);
    }

    /** Gives up unless committed. Idempotent. */
    @Override
    public void close() {
        places.close();
        if (!answers.isOver()) {
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
}

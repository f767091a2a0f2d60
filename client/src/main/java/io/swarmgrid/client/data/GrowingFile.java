package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.PutResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A file that others see while it is written: empty and open at first, then as far as it was flushed. It is this writer's
 * alone until it is closed. Where the writer dies, or the node that it writes through, the grid closes the file by itself,
 * with all that was flushed at least. Confined to one thread at a time.
 */
public final class GrowingFile implements AutoCloseable {
    private final FileUpload upload;
    private final String path;
    /** Null while there is nothing to send, so that one which is open and idle costs no memory. */
    private @Nullable ByteBuf gathered;

    private boolean closed;

    private GrowingFile(FileUpload upload, String path) {
        this.upload = upload;
        this.path = path;
    }

    /**
     * Makes a file, and what is missing of the directories above it.
     *
     * @param put where and how; its {@code putId} is of no use here
     * @throws GridException ALREADY_EXISTS unless it is to overwrite; UNKNOWN_OUTCOME where it may have been made
     */
    public static GrowingFile create(GridClient client, FilePut put) {
        FileUpload upload = client.anywhere("create " + put.path(), Repeat.IF_NOT_APPLIED, (location, atMost) -> {
            client.connected(location, atMost);
            return client.bytes().create(location, client.newHeaders(), put, atMost);
        });
        return new GrowingFile(upload, put.path());
    }

    /**
     * Opens a closed file to be written on behind its end.
     *
     * @throws GridException NOT_FOUND; PRECONDITION_FAILED where somebody writes it
     */
    public static GrowingFile append(GridClient client, String path) {
        FileUpload upload = client.anywhere("append to " + path, Repeat.IF_NOT_APPLIED, (location, atMost) -> {
            client.connected(location, atMost);
            return client.bytes().append(location, client.newHeaders(), path, atMost);
        });
        return new GrowingFile(upload, path);
    }

    /** Where the next byte goes. */
    public long position() {
        return upload.position() + (gathered == null ? 0 : gathered.readableBytes());
    }

    /**
     * Takes bytes; waits, bounded, for the network.
     *
     * @throws GridException what the grid refused with; LEASE_LOST where somebody else closed, removed or replaced the file
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
            bytes.limit(Math.min(end, bytes.position() + frame.writableBytes()));
            frame.writeBytes(bytes);
            bytes.limit(end);
            if (!frame.isWritable()) {
                send();
            }
        }
    }

    /** Returns when readers see all that was written, and it stays whatever becomes of this writer and its node. */
    public void flush() {
        requireOpen();
        send();
        upload.flush(false);
    }

    /** The same, and all of it is on the devices of its holders. */
    public void sync() {
        requireOpen();
        send();
        upload.flush(true);
    }

    /** Closes the file, as durable as it was asked to be. */
    public PutResult commit() {
        requireOpen();
        send();
        return upload.commit();
    }

    /** Leaves the file, unless it was committed: the grid closes it with what it has of it. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (gathered != null) {
                gathered.release();
                gathered = null;
            }
            upload.close();
        }
    }

    private void send() {
        ByteBuf full = gathered;
        if (full != null) {
            gathered = null;
            upload.write(full);
        }
    }

    private static ByteBuf frame() {
        return PooledByteBufAllocator.DEFAULT.directBuffer(BytesMethods.CHUNK_BYTES, BytesMethods.CHUNK_BYTES);
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "closed: " + path);
        }
    }
}

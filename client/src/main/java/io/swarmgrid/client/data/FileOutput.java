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
import org.jspecify.annotations.Nullable;

/**
 * A file written piece by piece; nobody sees it before {@link #commit}. Bytes are gathered into frames of a mebibyte, and no
 * call is made before the first of them is full: what is smaller is put whole at the end, and again at another node where one
 * dies. Confined to one thread at a time; the caller closes it, which gives up what was not committed.
 */
public final class FileOutput implements AutoCloseable {
    private final GridClient client;
    private final FilePut put;
    private ByteBuf gathered = frame();
    private @Nullable FileUpload upload;
    private long position;
    private boolean closed;

    /** @param put where and how; without a {@code putId} it gets one */
    public FileOutput(GridClient client, FilePut put) {
        this.client = client;
        this.put = PutAttempts.named(put);
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
        requireOpen();
        int at = offset;
        int left = length;
        while (left > 0) {
            int count = Math.min(left, gathered.writableBytes());
            gathered.writeBytes(bytes, at, count);
            at += count;
            left -= count;
            if (!gathered.isWritable()) {
                send();
            }
        }
        position += length;
    }

    /** Ends the file and waits until it is visible, as durable as it was asked to be. */
    public PutResult commit() {
        requireOpen();
        FileUpload started = upload;
        if (started == null) {
            return putWhole();
        }
        if (gathered.isReadable()) {
            send();
        }
        return started.commit();
    }

    /** Gives up unless committed. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        gathered.release();
        if (upload != null) {
            upload.close();
        }
    }

    private void send() {
        FileUpload started = upload == null ? start() : upload;
        upload = started;
        ByteBuf full = gathered;
        gathered = frame();
        started.write(full);
    }

    private PutResult putWhole() {
        PutAttempts attempts = new PutAttempts(put);
        while (true) {
            try {
                return attempt();
            } catch (Broken e) {
                attempts.brokeOff(e, true, position);
            } catch (GridException e) {
                throw attempts.refused(e);
            }
        }
    }

    private PutResult attempt() throws Broken {
        try (FileUpload whole = start()) {
            whole.write(gathered.retainedDuplicate());
            return whole.commit();
        } catch (GridException e) {
            throw Broken.of(e);
        }
    }

    private FileUpload start() {
        return client.anywhere("put " + put.path(), Repeat.READ, location -> {
            client.connected(location);
            return client.bytes().put(location, client.newHeaders(), put, null);
        });
    }

    private static ByteBuf frame() {
        return PooledByteBufAllocator.DEFAULT.directBuffer(BytesMethods.CHUNK_BYTES, BytesMethods.CHUNK_BYTES);
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "closed: " + put.path());
        }
    }
}

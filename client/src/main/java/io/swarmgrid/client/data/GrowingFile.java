package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.PutResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file that others see while it is written: empty and open at first, then as far as it was flushed. It is this writer's
 * alone until it is closed. Where the node that it is written through dies, or cannot be reached, the writer goes on at another one within
 * the client's timeout, and at the byte reached: what may be missing there is kept for it, 32 MiB at most, and less where all writers of
 * the client keep too much together: then a write waits until the nodes have what was sent before. Where the
 * writer dies the grid closes the file by itself, with all that was flushed at least. Confined to one thread at a time.
 */
public final class GrowingFile implements AutoCloseable {
    /** More than a node and the connection to it take in before they say that it is kept, unless they are slow. */
    static final int KEEP_BYTES = 32 << 20;

    /** For so long the nodes may take to have so much; then they are made to. */
    private static final Duration KEPT_SOON = Duration.ofSeconds(10);

    private final GrowingUpload file;
    private final KeptBytes kept;
    private long syncedBytes;
    /** Null while there is nothing to send, so that one which is open and idle costs no memory. */
    private @Nullable ByteBuf gathered;

    /** What it could not go on after. */
    private @Nullable GridException failure;

    private boolean closed;

    private GrowingFile(GridClient client, GrowingUpload file) {
        this.file = file;
        this.kept = new KeptBytes(file.now().position(), client.resendBudget());
        this.syncedBytes = file.now().position();
    }

    /**
     * Makes a file, and what is missing of the directories above it.
     *
     * @param put where and how; its {@code putId} is of no use here
     * @throws GridException ALREADY_EXISTS unless it is to overwrite; UNKNOWN_OUTCOME where it may have been made
     */
    public static GrowingFile create(GridClient client, FilePut put) {
        return new GrowingFile(client, GrowingUpload.open(client, PutStart.create(GrowingUpload.named(put))));
    }

    /**
     * Opens a closed file to be written on behind its end.
     *
     * @throws GridException NOT_FOUND; PRECONDITION_FAILED where somebody writes it
     */
    public static GrowingFile append(GridClient client, String path) {
        return append(client, path, null);
    }

    /**
     * The same for one file and no other.
     *
     * @param fileId its identity; null for whichever is at the path
     * @throws GridException CONFLICT where another file is at the path, too
     */
    public static GrowingFile append(GridClient client, String path, @Nullable Long fileId) {
        FilePut put = GrowingUpload.named(new FilePut(path, null, null, null, null));
        PutStart.Of of = fileId == null ? null : new PutStart.Of(fileId, null);
        return new GrowingFile(
                client, GrowingUpload.open(client, PutStart.append(put).of(of)));
    }

    /** Where the next byte goes. */
    public long position() {
        return kept.end() + (gathered == null ? 0 : gathered.readableBytes());
    }

    /** How much is kept here to be sent again. */
    long keptBytes() {
        return kept.sizeBytes();
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
        flush(false);
    }

    /** Whether {@link #sync} can be had: not of a file of durability {@code memory}. */
    public boolean canSync() {
        return file.now().canSync();
    }

    /**
     * The same, and all of it is on the devices of its holders.
     *
     * @throws GridException UNSUPPORTED where that cannot be had; the file can be written on
     */
    public void sync() {
        requireOpen();
        if (!canSync()) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "cannot sync a file that is kept in memory alone: " + file.path(),
                    file.path(),
                    "flush shows what was written; what is to be on devices needs durability process or power",
                    null);
        }
        flush(true);
    }

    /** The same, and of a file that is kept in memory alone what can be had of it. */
    public void syncWherePossible() {
        requireOpen();
        flush(canSync());
    }

    /** Closes the file, as durable as it was asked to be. */
    public PutResult commit() {
        requireOpen();
        gatheredIsKept();
        Commit commit = new Commit();
        PutResult result;
        try {
            result = file.lasting(kept, syncedBytes, commit);
        } catch (GridException e) {
            throw failed(commit.mayBeDone ? outcomeOpen(e) : e);
        }
        if (result.sizeBytes() != kept.end()) {
            throw failed(new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "closed with " + result.sizeBytes() + " of " + kept.end() + " bytes: " + file.path()));
        }
        return result;
    }

    /** Ends the file, once: where the answer was lost the next node that it goes on at says whether that had come about. */
    private final class Commit implements GrowingUpload.Work<PutResult> {
        private boolean mayBeDone;

        @Override
        public PutResult with(FileUpload upload) {
            PutResult before = upload.ended();
            if (before != null) {
                return before;
            }
            mayBeDone = false;
            sendKept(upload);
            try {
                return upload.commit();
            } catch (GridException e) {
                mayBeDone = e.code() == ErrorCode.UNKNOWN_OUTCOME;
                throw e;
            }
        }
    }

    private GridException outcomeOpen(GridException error) {
        return new GridException(
                ErrorCode.UNKNOWN_OUTCOME,
                "may have been closed with all " + kept.end() + " bytes, no node says: " + file.path() + ": "
                        + error.getMessage(),
                file.path(),
                "look at its length, and whether it is still open",
                error);
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
            kept.release();
            file.close();
        }
    }

    private void flush(boolean onDevice) {
        gatheredIsKept();
        lasting(upload -> {
            sendKept(upload);
            upload.flush(onDevice);
            return upload;
        });
        kept.dropUpTo(kept.end());
        syncedBytes = onDevice ? kept.end() : syncedBytes;
    }

    private void send() {
        makeRoom();
        gatheredIsKept();
        lasting(upload -> {
            sendKept(upload);
            return upload;
        });
    }

    private void gatheredIsKept() {
        ByteBuf full = gathered;
        if (full != null) {
            gathered = null;
            kept.add(full);
        }
    }

    private void sendKept(FileUpload upload) {
        kept.from(upload.position(), upload::write);
    }

    /**
     * Lets go of what is kept elsewhere, and has so much kept there that there is room for another frame. That one is kept also where the other
     * writers leave none, and nothing else then, so that none waits for another.
     */
    private void makeRoom() {
        kept.dropUpTo(file.now().keptBytes());
        if (kept.sizeBytes() > KEEP_BYTES - BytesMethods.CHUNK_BYTES) {
            haveKept(kept.end() - KEEP_BYTES + BytesMethods.CHUNK_BYTES);
        }
        if (!kept.promise(BytesMethods.CHUNK_BYTES) && kept.sizeBytes() > 0) {
            haveKept(kept.end());
            kept.promise(BytesMethods.CHUNK_BYTES);
        }
    }

    private void haveKept(long upTo) {
        lasting(upload -> {
            sendKept(upload);
            if (!upload.awaitKept(upTo, KEPT_SOON)) {
                upload.flush(false);
            }
            return upload;
        });
        kept.dropUpTo(file.now().keptBytes());
    }

    /** Something that may be done once more, at whichever node there is. */
    private <T> T lasting(GrowingUpload.Work<T> work) {
        try {
            return file.lasting(kept, syncedBytes, work);
        } catch (GridException e) {
            throw failed(e);
        }
    }

    private GridException failed(GridException error) {
        failure = error;
        return error;
    }

    private static ByteBuf frame() {
        return PooledByteBufAllocator.DEFAULT.directBuffer(BytesMethods.CHUNK_BYTES, BytesMethods.CHUNK_BYTES);
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "closed: " + file.path());
        }
        if (failure != null) {
            throw failure;
        }
    }
}

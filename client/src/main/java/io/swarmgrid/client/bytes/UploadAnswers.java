package io.swarmgrid.client.bytes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.PutResult;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a node says during an upload. It says it on any thread; the thread of the upload waits for it here. */
final class UploadAnswers extends ClientCall.Listener<Frame> {
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

    @GuardedBy("lock")
    private @Nullable Long fileId;

    @GuardedBy("lock")
    private boolean inMemory;

    /** Reset with each flush. */
    @GuardedBy("lock")
    private long flushedBytes = -1;

    @GuardedBy("lock")
    private long keptBytes;

    @GuardedBy("lock")
    private @Nullable Status end;

    @GuardedBy("lock")
    private Metadata trailers = new Metadata();

    /** Whether the upload has said that it has ended. */
    @GuardedBy("lock")
    private boolean ending;

    UploadAnswers(ClientCall<Frame, Frame> call, String path, Places places) {
        this.call = call;
        this.path = path;
        this.places = places;
    }

    private enum Until {
        OPENED,
        READY,
        FLUSHED,
        KEPT,
        OVER
    }

    /** Waits until the file is visible and open for the upload; how long it is. */
    long awaitOpened(String location, Duration patience) {
        lock.lock();
        try {
            if (!await(Until.OPENED, 0, patience)) {
                throw new GridException(
                        ErrorCode.TIMEOUT,
                        "cannot open " + path + " for writing: no answer from " + location + " for "
                                + patience.toMillis() + " ms");
            }
            if (result != null) {
                return result.sizeBytes();
            }
            if (opened == null) {
                throw failure();
            }
            keptBytes = opened;
            return opened;
        } finally {
            lock.unlock();
        }
    }

    /** What was opened. */
    long fileId() {
        lock.lock();
        try {
            if (fileId == null) {
                throw new GridException(ErrorCode.PRECONDITION_FAILED, "not open while it is written: " + path);
            }
            return fileId;
        } finally {
            lock.unlock();
        }
    }

    boolean inMemory() {
        lock.lock();
        try {
            return inMemory;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    PutResult result() {
        lock.lock();
        try {
            return result;
        } finally {
            lock.unlock();
        }
    }

    long keptBytes() {
        lock.lock();
        try {
            return keptBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so much is kept; false where it does not come to that in time. */
    boolean awaitKept(long upTo, Duration patience) {
        lock.lock();
        try {
            boolean kept = await(Until.KEPT, upTo, patience);
            if (kept && keptBytes < upTo) {
                throw failure();
            }
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the network takes more. */
    void awaitReady(long position) {
        lock.lock();
        try {
            await(Until.READY, position);
            if (end != null) {
                throw failure();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A flush is about to be asked for. */
    void beginFlush() {
        lock.lock();
        try {
            flushedBytes = -1;
        } finally {
            lock.unlock();
        }
    }

    void awaitFlushed(long position) {
        lock.lock();
        try {
            await(Until.FLUSHED, position);
            if (flushedBytes < position) {
                throw failure();
            }
            keptBytes = Math.max(keptBytes, position);
        } finally {
            lock.unlock();
        }
    }

    /** The upload is about to say that it has ended: from now on nobody knows what becomes of it where no answer comes. */
    void ending() {
        lock.lock();
        try {
            ending = true;
        } finally {
            lock.unlock();
        }
    }

    PutResult awaitResult(long position) {
        lock.lock();
        try {
            await(Until.OVER, position);
            if (result == null) {
                throw failure();
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        lock.lock();
        try {
            return end != null;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void await(Until until, long position) {
        if (!await(until, position, PATIENCE)) {
            throw new GridException(
                    ending ? ErrorCode.UNKNOWN_OUTCOME : ErrorCode.TIMEOUT,
                    "cannot put " + path + ": no answer for " + PATIENCE.toSeconds() + " s at byte " + position);
        }
    }

    /** Returns false where it did not come to that in time. */
    @GuardedBy("lock")
    private boolean await(Until until, long position, Duration patience) {
        long left = patience.toNanos();
        try {
            while (end == null && !holds(until, position)) {
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
    private boolean holds(Until until, long position) {
        return switch (until) {
            case OPENED -> opened != null || result != null;
            case READY -> call.isReady();
            case FLUSHED -> flushedBytes >= position;
            case KEPT -> keptBytes >= position;
            case OVER -> false;
        };
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

    @Override
    public void onMessage(Frame frame) {
        frame.release();
        PutNotice notice = frame instanceof Frame.Control control ? control.as(PutNotice.class) : null;
        if (notice != null && notice.block() != null) {
            places.offer(notice.block());
        }
        lock.lock();
        try {
            if (notice != null) {
                result = notice.result();
                opened = notice.opened() == null ? opened : notice.opened();
                fileId = notice.fileId() == null ? fileId : notice.fileId();
                inMemory |= Boolean.TRUE.equals(notice.inMemory());
            } else if (frame instanceof Frame.Flush flush) {
                flushedBytes = flush.offset();
            } else if (frame instanceof Frame.Ack ack) {
                keptBytes = Math.max(keptBytes, ack.offset());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        call.request(1);
    }

    @Override
    public void onReady() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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
}

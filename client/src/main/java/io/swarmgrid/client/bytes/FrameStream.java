package io.swarmgrid.client.bytes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.GridErrors;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one call, read in order by one thread at a time while a bounded number of further ones are on their
 * way. Frames belong to the caller once {@link #next} gave them.
 */
public final class FrameStream implements AutoCloseable {
    private final ClientCall<Frame, Frame> call;
    private final String what;
    private final Duration patience;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Deque<Frame> arrived = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean ended;

    @GuardedBy("lock")
    private @Nullable GridException failure;

    @GuardedBy("lock")
    private boolean closed;

    private FrameStream(ClientCall<Frame, Frame> call, String what, Duration patience) {
        this.call = call;
        this.what = what;
        this.patience = patience;
    }

    /**
     * Calls a method that takes one frame.
     *
     * @param ahead how many answers may be on their way or waiting
     * @param patience how long the next answer may take
     * @param what the call in the words of an error: {@code read block=7 from node=n2}
     */
    public static FrameStream open(
            Channel channel,
            MethodDescriptor<Frame, Frame> method,
            Frame request,
            int ahead,
            Duration patience,
            String what) {
        // The callbacks only queue, so they run on the connection's own thread.
        ClientCall<Frame, Frame> call =
                Detached.newCall(channel, method, CallOptions.DEFAULT.withExecutor(Runnable::run));
        FrameStream stream = new FrameStream(call, what, patience);
        call.start(stream.new Answers(), new Metadata());
        call.request(ahead);
        call.sendMessage(request);
        call.halfClose();
        return stream;
    }

    /**
     * The next answer; null after the last one.
     *
     * @throws GridException what the peer sent, TIMEOUT when it was silent for too long, CANCELLED when interrupted
     */
    public @Nullable Frame next() {
        return next(patience);
    }

    /** The same where this answer may take another time. */
    public @Nullable Frame next(Duration within) {
        Frame frame;
        lock.lock();
        try {
            long left = within.toNanos();
            while (arrived.isEmpty() && !ended) {
                if (left <= 0) {
                    throw new GridException(
                            ErrorCode.TIMEOUT, "cannot " + what + ": no answer for " + within.toMillis() + " ms");
                }
                left = changed.awaitNanos(left);
            }
            frame = arrived.poll();
            if (frame == null) {
                if (failure != null) {
                    throw failure;
                }
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted: " + what, e);
        } finally {
            lock.unlock();
        }
        call.request(1);
        return frame;
    }

    /** Ends the call if it is still going and releases what has come and was not taken. Idempotent. */
    @Override
    public void close() {
        boolean cancel;
        lock.lock();
        try {
            cancel = !closed && !ended;
            closed = true;
            arrived.forEach(Frame::release);
            arrived.clear();
        } finally {
            lock.unlock();
        }
        if (cancel) {
            call.cancel("no longer wanted", null);
        }
    }

    /** We did not cancel it, so the peer did: it is going away, which is no reason for us to give up. */
    private GridException ended(GridException error) {
        return error.code() != ErrorCode.CANCELLED
                ? error
                : new GridException(ErrorCode.UNAVAILABLE, "cannot " + what + ": the peer ended the call", error);
    }

    private final class Answers extends ClientCall.Listener<Frame> {
        @Override
        public void onMessage(Frame frame) {
            boolean unwanted;
            lock.lock();
            try {
                unwanted = closed;
                if (!unwanted) {
                    arrived.add(frame);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
            if (unwanted) {
                frame.release();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            lock.lock();
            try {
                ended = true;
                if (!status.isOk()) {
                    failure = ended(GridErrors.of(status, trailers));
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}

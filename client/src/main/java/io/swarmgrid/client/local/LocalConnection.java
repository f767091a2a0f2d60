package io.swarmgrid.client.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.local.LocalSocket.Message;
import io.swarmgrid.client.local.LocalSocket.TooLargeException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** A client's connection to a node of its machine. One call at a time; whoever looks after it ends one that lasts too long. */
final class LocalConnection {
    /** What an answer by the network may be, too. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private final LocalSocket socket;
    private final LocalWay way;

    @GuardedBy("this")
    private boolean calling;

    /** By {@link System#nanoTime}: when the call under way began; of none, when the last one ended. */
    @GuardedBy("this")
    private long sinceNanos;

    @GuardedBy("this")
    private long deadlineNanos;

    @GuardedBy("this")
    private @Nullable Status ended;

    LocalConnection(LocalSocket socket, LocalWay way) {
        this.socket = socket;
        this.way = way;
    }

    LocalWay way() {
        return way;
    }

    /** Waits for the node's first word; whether calls are taken. */
    boolean isGreeted(long deadline) {
        begin(deadline);
        try {
            return socket.isGreeted();
        } catch (IOException e) {
            return false;
        } finally {
            over();
        }
    }

    /**
     * Makes a call. Afterwards the connection can be used for another one, unless something was thrown or nothing was sent.
     *
     * @return null where nothing was sent, and so nothing done
     * @throws StatusRuntimeException as a call by the network throws where no answer came
     */
    @Nullable
    Message call(byte[] request, long deadline) {
        begin(deadline);
        try {
            if (!isSent(request)) {
                return null;
            }
            Message answer = socket.receive(MAX_ANSWER_BYTES);
            if (answer == null) {
                throw new EOFException("the node has closed the connection");
            }
            return answer;
        } catch (ClosedByInterruptException e) {
            throw Status.CANCELLED
                    .withDescription("interrupted while waiting for an answer")
                    .withCause(e)
                    .asRuntimeException();
        } catch (TooLargeException e) {
            throw Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()).asRuntimeException();
        } catch (IOException e) {
            throw why().withCause(e).asRuntimeException();
        } finally {
            over();
        }
    }

    private boolean isSent(byte[] request) throws ClosedByInterruptException {
        try {
            socket.send(LocalRequest.CALL, request);
            return true;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized Status why() {
        return ended == null ? Status.UNAVAILABLE.withDescription("the connection broke") : ended;
    }

    private synchronized void begin(long deadline) {
        sinceNanos = System.nanoTime();
        deadlineNanos = deadline;
        calling = true;
    }

    private synchronized void over() {
        sinceNanos = System.nanoTime();
        calling = false;
    }

    /** For so long the call under way has no answer; 0 where there is none. */
    synchronized long waitingNanos(long now) {
        return calling ? now - sinceNanos : 0;
    }

    /** For so long it had nothing to do; 0 while it has. */
    synchronized long idleNanos(long now) {
        return calling ? 0 : now - sinceNanos;
    }

    /** Ends the call under way where its time is over. */
    synchronized void endIfLate(long now) {
        if (calling && now - deadlineNanos > 0) {
            end(Status.DEADLINE_EXCEEDED);
        }
    }

    /** Ends the call under way where it began before. */
    synchronized void endIfSince(long before, Status why) {
        if (calling && before - sinceNanos > 0) {
            end(why);
        }
    }

    /** Ends what is under way, and the connection with it. */
    synchronized void end(Status why) {
        ended = why;
        close();
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone all the same
        }
    }
}

package io.swarmgrid.storage.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.net.GridErrors;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The answering side of a call: what gRPC wants from one thread at a time, made safe for several, and quiet once the call
 * is over, whoever ended it.
 */
public final class ServedCall {
    private final ServerCall<Frame, Frame> call;
    private final CallContext context;

    @GuardedBy("this")
    private boolean headersSent;

    @GuardedBy("this")
    private boolean over;

    public ServedCall(ServerCall<Frame, Frame> call, CallContext context) {
        this.call = call;
        this.context = context;
    }

    public CallContext context() {
        return context;
    }

    /** Whether the caller is on this machine: it comes from the address that it calls, or over the loopback. */
    public boolean isFromHere() {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress remote
                && call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR) instanceof InetSocketAddress local
                && remote.getAddress() != null
                && (remote.getAddress().isLoopbackAddress()
                        || remote.getAddress().equals(local.getAddress()));
    }

    /** Lets so many more messages come. */
    public synchronized void request(int messages) {
        if (!over) {
            call.request(messages);
        }
    }

    /** Whether the connection takes more at once. False once the call is over. */
    public synchronized boolean isReady() {
        return !over && call.isReady();
    }

    /** How much may wait for the connection while the call is still ready. */
    public synchronized void readyBelow(int bytes) {
        call.setOnReadyThreshold(bytes);
    }

    /** Sends a frame and takes its ownership. */
    public synchronized void send(Frame frame) {
        if (over) {
            frame.release();
            return;
        }
        sendHeaders();
        call.sendMessage(frame);
    }

    /** Ends the call well. */
    public synchronized void finish() {
        if (!over) {
            over = true;
            sendHeaders();
            call.close(Status.OK, new Metadata());
        }
    }

    /** Ends the call with an error. */
    public void fail(Throwable failure) {
        fail(failure, null);
    }

    /** @param node whose failure it was, where that matters to the caller */
    public synchronized void fail(Throwable failure, @Nullable String node) {
        if (over) {
            return;
        }
        over = true;
        GridException error = GridErrors.of(failure);
        Metadata trailers = GridErrors.trailers(error, context.requestId(), context.traceId());
        if (node != null) {
            trailers.put(ReplicaCall.FAILED_NODE, node);
        }
        call.close(GridErrors.status(error), trailers);
    }

    /** The other side went away. */
    public synchronized void cancelled() {
        over = true;
    }

    public synchronized boolean isOver() {
        return over || call.isCancelled();
    }

    @GuardedBy("this")
    private void sendHeaders() {
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(new Metadata());
        }
    }
}

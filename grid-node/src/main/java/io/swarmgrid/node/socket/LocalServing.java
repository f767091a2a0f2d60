package io.swarmgrid.node.socket;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Context;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.local.LocalRequest;
import io.swarmgrid.client.local.LocalSocket;
import io.swarmgrid.client.local.LocalSocket.Message;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.auth.CallPeer;
import io.swarmgrid.node.auth.Entrance;
import io.swarmgrid.node.auth.Entrance.Admitted;
import io.swarmgrid.node.auth.Entrance.Asked;
import io.swarmgrid.storage.door.Actions;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: a call after the other. Served by one thread; any may end it. */
final class LocalServing {
    private static final Logger LOG = LoggerFactory.getLogger(LocalServing.class);

    private final LocalSocket socket;
    private final Entrance entrance;
    private final Supplier<@Nullable Actions> actions;
    /** Whether a call is under way: within one the connection is not closed. */
    @GuardedBy("this")
    private boolean busy;

    @GuardedBy("this")
    private boolean stopped;

    @GuardedBy("this")
    private long sinceNanos = System.nanoTime();

    LocalServing(LocalSocket socket, Entrance entrance, Supplier<@Nullable Actions> actions) {
        this.socket = socket;
        this.entrance = entrance;
        this.actions = actions;
    }

    /** Serves until the other end goes, or this one is told to stop. */
    void run() {
        try {
            socket.greet();
            Message message = socket.receive(LocalRequest.MAX_BYTES);
            while (message != null) {
                begin(); // also where the node stops: then this is what is answered
                answer(message);
                message = end() ? socket.receive(LocalRequest.MAX_BYTES) : null;
            }
        } catch (IOException e) {
            LOG.debug("a connection of this machine ended: reason={}", e.toString());
        }
    }

    /** Ends it once it has answered what it is at. */
    void stop() {
        boolean now;
        synchronized (this) {
            stopped = true;
            now = !busy;
        }
        if (now) {
            close();
        }
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a connection of this machine did not close: reason={}", e.toString());
        }
    }

    private synchronized void begin() {
        busy = true;
    }

    private synchronized boolean end() {
        busy = false;
        sinceNanos = System.nanoTime();
        return !stopped;
    }

    /** For so long nothing was asked. */
    synchronized long idleNanos() {
        return busy ? 0 : System.nanoTime() - sinceNanos;
    }

    private void answer(Message message) throws IOException {
        LocalRequest request = LocalRequest.decode(message.body());
        Asked asked = new Asked(
                request.authorization(),
                null, // nodes speak to each other by the network
                request.qos(),
                Entrance.requestId(request.requestId()),
                request.traceparent());
        byte kind = LocalRequest.DONE;
        byte[] json;
        try {
            json = served(asked, request);
        } catch (RuntimeException | Error e) {
            Traceparent trace = Traceparent.parse(asked.traceparent());
            kind = LocalRequest.FAILED;
            json = Json.write(
                    GridErrors.body(GridErrors.of(e), asked.requestId(), trace == null ? null : trace.traceId()));
        }
        socket.send(kind, json);
    }

    private byte[] served(Asked asked, LocalRequest request) {
        Admitted admitted = entrance.admit(asked, () -> false);
        CallContext context = admitted.context();
        Context mine = Context.ROOT.withValue(CallContexts.KEY, context).withValue(CallPeer.HOST, CallPeer.LOOPBACK);
        Context before = mine.attach();
        try {
            Actions open = actions.get();
            if (open == null) {
                throw new GridException(ErrorCode.UNAVAILABLE, "the node is starting");
            }
            return open.answer(context, request.action(), request.json());
        } finally {
            mine.detach(before);
            admitted.leave().run();
        }
    }
}

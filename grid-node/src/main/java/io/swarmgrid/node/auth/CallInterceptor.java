package io.swarmgrid.node.auth;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.GridErrors;
import org.jspecify.annotations.Nullable;

/** Has every call on the port, whatever its service, pass the {@link Entrance}. Sets {@link CallContexts#KEY}. Thread-safe. */
public final class CallInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> NODE = key("x-swarm-node");
    private static final Metadata.Key<String> QOS = key(CallHeaders.QOS);
    private static final Metadata.Key<String> REQUEST_ID = key(CallHeaders.REQUEST_ID);
    private static final Metadata.Key<String> TRACEPARENT = key(CallHeaders.TRACEPARENT);

    private final Entrance entrance;

    public CallInterceptor(Entrance entrance) {
        this.entrance = entrance;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Entrance.Asked asked = new Entrance.Asked(
                headers.get(AUTHORIZATION),
                headers.get(NODE),
                headers.get(QOS),
                Entrance.requestId(headers.get(REQUEST_ID)),
                headers.get(TRACEPARENT));
        try {
            Entrance.Admitted admitted = entrance.admit(asked, () -> CallPeer.hasCertificate(call));
            Context context = Context.current()
                    .withValue(CallContexts.KEY, admitted.context())
                    .withValue(CallPeer.HOST, CallPeer.host(call));
            return admitted(context, bearing(call, admitted.bearer()), headers, next, admitted.leave());
        } catch (GridException refused) {
            Traceparent trace = Traceparent.parse(asked.traceparent());
            String traceId = trace == null ? null : trace.traceId();
            call.close(GridErrors.status(refused), GridErrors.trailers(refused, asked.requestId(), traceId));
            return new ServerCall.Listener<>() {};
        }
    }

    private static <Q, A> ServerCall.Listener<Q> admitted(
            Context context, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next, Runnable leave) {
        boolean started = false;
        try {
            ServerCall.Listener<Q> listener = Contexts.interceptCall(context, call, headers, next);
            started = true;
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    leave.run();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    leave.run();
                    super.onComplete();
                }
            };
        } finally {
            if (!started) {
                leave.run();
            }
        }
    }

    /** Flight's basic handshake wants the bearer token among the answer's headers. */
    private static <Q, A> ServerCall<Q, A> bearing(ServerCall<Q, A> call, @Nullable String bearer) {
        if (bearer == null) {
            return call;
        }
        return new SimpleForwardingServerCall<>(call) {
            private boolean sent;

            @Override
            public void sendHeaders(Metadata answer) {
                sent = true;
                answer.put(AUTHORIZATION, bearer);
                super.sendHeaders(answer);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                if (!sent && status.isOk()) {
                    sendHeaders(new Metadata());
                }
                super.close(status, trailers);
            }
        };
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}

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
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.qos.ClassRegistry;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What every call on the port passes, whatever its service: the gate, who calls, in which class, under which request id,
 * and the bound of open calls. Sets {@link CallContexts#KEY}. Thread-safe.
 */
public final class CallInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> NODE = key("x-swarm-node");
    private static final Metadata.Key<String> QOS = key(CallHeaders.QOS);
    private static final Metadata.Key<String> REQUEST_ID = key(CallHeaders.REQUEST_ID);
    private static final Metadata.Key<String> TRACEPARENT = key(CallHeaders.TRACEPARENT);
    private static final int MAX_REQUEST_ID_CHARACTERS = 128;

    private final Gate gate;
    private final Authenticator authenticator;
    private final ClassRegistry classes;
    private final Admission admission;
    private final boolean certificates;

    /** @param certificates whether a node must show its certificate beside its header, since the grid uses TLS */
    public CallInterceptor(
            Gate gate, Authenticator authenticator, ClassRegistry classes, int maxCalls, boolean certificates) {
        this.gate = gate;
        this.authenticator = authenticator;
        this.classes = classes;
        this.admission = new Admission(maxCalls);
        this.certificates = certificates;
    }

    /** Calls that are being served now. */
    public int openCalls() {
        return admission.open();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String requestId = requestId(headers.get(REQUEST_ID));
        Traceparent trace = Traceparent.parse(headers.get(TRACEPARENT));
        try {
            gate.require();
            Authenticator.Identity identity = authenticator.identify(headers.get(AUTHORIZATION), headers.get(NODE));
            if (certificates && identity.caller().grants().contains(Grant.NODE) && !CallPeer.hasCertificate(call)) {
                throw new GridException(ErrorCode.UNAUTHENTICATED, "unauthenticated: a node must show its certificate");
            }
            QosClass qos = classes.parse(headers.get(QOS));
            Runnable leave = admission.enter(identity.caller());
            Context context = Context.current()
                    .withValue(CallContexts.KEY, new CallContext(identity.caller(), qos, requestId, trace))
                    .withValue(CallPeer.HOST, CallPeer.host(call));
            return admitted(context, bearing(call, identity.bearer()), headers, next, leave);
        } catch (GridException refused) {
            String traceId = trace == null ? null : trace.traceId();
            call.close(GridErrors.status(refused), GridErrors.trailers(refused, requestId, traceId));
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

    private static String requestId(@Nullable String given) {
        if (given == null || given.isBlank()) {
            return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        }
        return given.length() <= MAX_REQUEST_ID_CHARACTERS ? given : given.substring(0, MAX_REQUEST_ID_CHARACTERS);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}

package io.swarmgrid.client.net;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Traceparent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a call says about itself beside who makes it. Null leaves a header out.
 *
 * @param qos the QoS class of its bytes
 * @param requestId names it in logs and errors
 * @param traceparent W3C trace context
 */
public record CallHeaders(
        @Nullable String qos,
        @Nullable String requestId,
        @Nullable String traceparent) {
    public static final String QOS = "x-swarm-qos";
    public static final String REQUEST_ID = "x-swarm-request-id";
    public static final String TRACEPARENT = Traceparent.NAME;

    public static final CallHeaders NONE = new CallHeaders(null, null, null);

    /** Those of a call that another call causes: same class, same request, same place in a trace. */
    public static CallHeaders of(CallContext context) {
        Traceparent trace = context.trace();
        return new CallHeaders(context.qos().name(), context.requestId(), trace == null ? null : trace.header());
    }

    /** By name, without those that are left out. */
    public Map<String, String> asMap() {
        Map<String, String> headers = new LinkedHashMap<>();
        put(headers, QOS, qos);
        put(headers, REQUEST_ID, requestId);
        put(headers, TRACEPARENT, traceparent);
        return headers;
    }

    /** Adds these headers to every call of a channel. */
    public ClientInterceptor interceptor() {
        Map<String, String> headers = asMap();
        return attaching(() -> headers);
    }

    static ClientInterceptor attaching(Supplier<Map<String, String>> headers) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata metadata) {
                        headers.get().forEach((name, value) -> metadata.put(key(name), value));
                        super.start(listener, metadata);
                    }
                };
            }
        };
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static void put(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }
}

package io.swarmgrid.client.call;

import org.jspecify.annotations.Nullable;

/**
 * What travels with a call into every transfer it causes, from node to node.
 *
 * @param caller who calls
 * @param qos the class its bytes move in
 * @param requestId the caller's {@code x-swarm-request-id}, or one made by the node that took the call
 * @param trace the caller's place in a trace; null where it has none
 */
public record CallContext(
        Caller caller,
        QosClass qos,
        String requestId,
        @Nullable Traceparent trace) {
    /** A call that is part of no trace. */
    public CallContext(Caller caller, QosClass qos, String requestId) {
        this(caller, qos, requestId, null);
    }

    public CallContext withQos(QosClass other) {
        return new CallContext(caller, other, requestId, trace);
    }

    /** The context of work that the node does of itself: repair, scrub, reclaiming. */
    public static CallContext background(String nodeName, String requestId) {
        return new CallContext(Caller.node(nodeName), QosClass.BACKGROUND, requestId);
    }

    /** Of the trace, for logs and errors; null where there is none. */
    public @Nullable String traceId() {
        return trace == null ? null : trace.traceId();
    }
}

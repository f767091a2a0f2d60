package io.swarmgrid.client.call;

/**
 * What travels with a call into every transfer it causes, from node to node.
 *
 * @param caller who calls
 * @param qos the class its bytes move in
 * @param requestId the caller's {@code x-swarm-request-id}, or one made by the node that took the call
 */
public record CallContext(Caller caller, QosClass qos, String requestId) {
    public CallContext withQos(QosClass other) {
        return new CallContext(caller, other, requestId);
    }

    /** The context of work that the node does of itself: repair, scrub, reclaiming. */
    public static CallContext background(String nodeName, String requestId) {
        return new CallContext(Caller.node(nodeName), QosClass.BACKGROUND, requestId);
    }
}

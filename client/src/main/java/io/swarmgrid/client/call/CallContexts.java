package io.swarmgrid.client.call;

import io.grpc.Context;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/** The context of the call that a server is serving, kept where gRPC keeps such things. */
public final class CallContexts {
    /** Set for every call on the port, once the caller is known. */
    public static final Context.Key<CallContext> KEY = Context.key("swarm-call-context");

    private CallContexts() {}

    /**
     * The context of the call that the current thread is serving.
     *
     * @throws GridException INTERNAL where there is none: the server was put together without its interceptor
     */
    public static CallContext current() {
        CallContext context = KEY.get();
        if (context == null) {
            throw new GridException(ErrorCode.INTERNAL, "a call arrived without a call context");
        }
        return context;
    }
}

package io.swarmgrid.client.bytes;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;

/**
 * Calls that live as long as whoever made them says. A call made while another one is being served would otherwise end
 * with it: gRPC hands the cancellation of a server call down to the calls made in its context, and then what cleans up
 * after a client that went away could not reach anybody.
 */
public final class Detached {
    private Detached() {}

    public static ClientCall<Frame, Frame> newCall(
            Channel channel, MethodDescriptor<Frame, Frame> method, CallOptions options) {
        Context before = Context.ROOT.attach();
        try {
            return channel.newCall(method, options);
        } finally {
            Context.ROOT.detach(before);
        }
    }
}

package io.swarmgrid.client.grid;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.swarmgrid.client.net.Channels;
import java.util.concurrent.TimeUnit;

/**
 * A location's channel for a Flight client that outlives connections: {@link Channels} replaces a channel whose node was
 * gone, and owns all of them, so there is nothing to shut down here.
 */
final class SteadyChannel extends ManagedChannel {
    /** What of a put may wait for the network in this process; gRPC's own choice stops after every message. */
    private static final int ROOM_BYTES = 4 << 20;

    private static final String DO_PUT = "arrow.flight.protocol.FlightService/DoPut";

    private final Channels channels;
    private final String location;

    SteadyChannel(Channels channels, String location) {
        this.channels = channels;
        this.location = location;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        CallOptions roomy =
                method.getFullMethodName().equals(DO_PUT) ? options.withOnReadyThreshold(ROOM_BYTES) : options;
        return channels.channel(location).newCall(method, roomy);
    }

    @Override
    public String authority() {
        return channels.channel(location).authority();
    }

    @Override
    public ManagedChannel shutdown() {
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        return this;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return true;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}

package io.swarmgrid.storage.replica;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Detached;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.replica.BlockMessages.Hop;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The upstream end of a WriteBlock: one block to the first node of a chain. {@link #send} and {@link #seal} are for one
 * thread at a time, {@link #close} for any.
 */
public final class ReplicaCall implements AutoCloseable {
    /** Names the node of a chain that was lost, where it is not the one that answers. */
    static final Metadata.Key<String> FAILED_NODE =
            Metadata.Key.of("x-swarm-failed-node", Metadata.ASCII_STRING_MARSHALLER);

    private static final int OUTSTANDING_BYTES = 4 << 20;
    private static final int MAX_UNREAD_ACKS = 64;

    /** What the chain says. Called on the connection's thread, one at a time: note it and return. */
    public interface Events {
        /** All of the chain have every byte before this; the first one means that all have opened the block. */
        void acked(long offset);

        /** All of the chain keep every byte before this, however they end. */
        void flushed(long offset);

        /** The last event of a chain that ended well. */
        void sealed(List<SealedReplica> copies);

        /** The last event of one that did not; not called after {@link ReplicaCall#close}. */
        void lost(String node, GridException error);

        /** {@link ReplicaCall#isReady} may have become true. */
        void ready();
    }

    private final String first;
    private final Events events;
    private final ClientCall<Frame, Frame> call;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ReplicaCall(String first, Events events, ClientCall<Frame, Frame> call) {
        this.first = first;
        this.events = events;
        this.call = call;
    }

    /** Opens the block on all of the chain, in order; {@link Events#acked} tells when it is open. */
    public static ReplicaCall open(
            Channels channels, CallContext context, ReplicaOrder order, List<GridNodeInfo> chain, Events events) {
        List<Hop> hops = chain.stream()
                .map(node -> new Hop(node.name(), node.location()))
                .toList();
        return openHops(channels, context, order, hops, events);
    }

    static ReplicaCall openHops(
            Channels channels, CallContext context, ReplicaOrder order, List<Hop> chain, Events events) {
        Hop first = chain.get(0);
        Channel channel = ClientInterceptors.intercept(
                channels.channel(first.location()), CallHeaders.of(context).interceptor());
        CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run).withOnReadyThreshold(OUTSTANDING_BYTES);
        ClientCall<Frame, Frame> call = Detached.newCall(channel, BytesMethods.WRITE_BLOCK, options);
        ReplicaCall replica = new ReplicaCall(first.node(), events, call);
        call.start(replica.new Answers(), new Metadata());
        call.request(MAX_UNREAD_ACKS);
        call.sendMessage(Frame.Control.of(BlockMessages.Open.of(order, chain.subList(1, chain.size()))));
        return replica;
    }

    /** Whether the connection takes more at once; what is sent in spite of that waits in memory. */
    public boolean isReady() {
        return call.isReady();
    }

    /** Takes the ownership of the frame. Only once the block is open. Where the call has ended the frame goes nowhere. */
    public void send(Frame.Data frame) {
        try {
            call.sendMessage(frame);
        } catch (IllegalStateException e) {
            // Closed from elsewhere; whoever did that knows.
            frame.release();
        }
    }

    /** All of the chain shall keep what was sent; {@link Events#flushed} tells when they do. */
    public void flush(Frame.Flush flush) {
        try {
            call.sendMessage(flush);
        } catch (IllegalStateException e) {
            // Closed from elsewhere; whoever did that knows.
        }
    }

    /** Nothing more comes: all of the chain seal the block at this length. */
    public void seal(long lengthBytes) {
        try {
            call.sendMessage(Frame.Control.of(new BlockMessages.Seal(lengthBytes)));
            call.halfClose();
        } catch (IllegalStateException e) {
            // Closed from elsewhere; whoever did that knows.
        }
    }

    /** Ends the call without a further event. The chain keeps what it has for a while. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            call.cancel("the writer went away", null);
        }
    }

    private final class Answers extends ClientCall.Listener<Frame> {
        private boolean sealed;

        @Override
        public void onMessage(Frame frame) {
            if (frame instanceof Frame.Ack ack) {
                call.request(1);
                if (!closed.get()) {
                    events.acked(ack.offset());
                }
            } else if (frame instanceof Frame.Flush flush) {
                call.request(1);
                if (!closed.get()) {
                    events.flushed(flush.offset());
                }
            } else if (frame instanceof Frame.Control control) {
                List<SealedReplica> copies =
                        control.as(BlockMessages.Sealed.class).copies();
                sealed = true;
                if (!closed.get()) {
                    events.sealed(copies);
                }
            } else {
                frame.release();
            }
        }

        @Override
        public void onReady() {
            if (!closed.get()) {
                events.ready();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (sealed || closed.get()) {
                return;
            }
            @Nullable String named = trailers.get(FAILED_NODE);
            GridException error = status.isOk()
                    ? new GridException(ErrorCode.INTERNAL, "node=" + first + " ended a block before it was sealed")
                    : GridErrors.of(status, trailers);
            events.lost(named == null ? first : named, error);
        }
    }
}

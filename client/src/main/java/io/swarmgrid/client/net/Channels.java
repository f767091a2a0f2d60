package io.swarmgrid.client.net;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of this process: one shared channel for each location, made when it is first asked for. A peer that
 * went silent is noticed within {@link #KEEP_ALIVE} and {@link #KEEP_ALIVE_TIMEOUT}; one that refused the last attempt
 * is tried afresh, so that a node that came back is reached at once.
 *
 * <p>Channels stay the property of this object: callers never shut one down. gRPC's own retries are off: they would keep
 * payloads, and which call may be repeated is known only to us.
 */
public final class Channels implements AutoCloseable {
    /** How long a connection attempt may take. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** How long a connection with calls on it may be silent before the peer is asked whether it is there. */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
    /** How long the peer may take to answer that. */
    public static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);
    /**
     * What a stream may have on its way and unread, so that a chunk never waits for the acknowledgement of the one before.
     * Each stream has its own: one that nobody reads does not hold up the others of its connection.
     */
    static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

    private static final int MIN_READ_BYTES = 1 << 10;
    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int MAX_READ_BYTES = 512 << 10;
    /**
     * What HTTP/2 hands a connection before it waits for the socket. Netty's own 64 KiB is one frame of a client that
     * takes large ones: a system call, and a turn of the flow control, for each.
     */
    private static final WriteBufferWaterMark WRITE_AHEAD = new WriteBufferWaterMark(512 << 10, 1 << 20);

    private static final Duration SHUTDOWN_WAIT = Duration.ofSeconds(2);

    private final ChannelSecurity security;
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private final EventLoops loops = new EventLoops();
    private @Nullable SslContext tls;
    private boolean closed;

    public Channels(ChannelSecurity security) {
        this.security = security;
    }

    /**
     * The shared channel to a location.
     *
     * @param location {@code grpc://host:port} or {@code grpc+tls://host:port}
     * @throws GridException INVALID_ARGUMENT for a bad location or unreadable certificates, CANCELLED once closed
     */
    public synchronized ManagedChannel channel(String location) {
        if (closed) {
            throw new GridException(ErrorCode.CANCELLED, "cannot connect to " + location + ": the client is closed");
        }
        ManagedChannel known = channels.get(location);
        if (known != null && known.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
            return known;
        }
        if (known != null) {
            known.shutdown();
        }
        ManagedChannel fresh = connect(Endpoint.parse(location));
        channels.put(location, fresh);
        return fresh;
    }

    /** Whether a location is on this machine. May ask a name server. */
    public static boolean isHere(String location) {
        return Hosts.isHere(Endpoint.parse(location).host());
    }

    /** The port of a location. */
    public static int port(String location) {
        return Endpoint.parse(location).port();
    }

    /** Tells a server to bear what these channels do: their keep-alive pings and their flow-control window. */
    public static void accept(NettyServerBuilder server) {
        server.permitKeepAliveTime(KEEP_ALIVE.toMillis() / 2, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .withChildOption(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_AHEAD);
    }

    /** Up to eight times what Netty reads at once by itself: bulk data come in fewer and larger pieces. */
    private static RecvByteBufAllocator readBuffers() {
        return new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES);
    }

    private ManagedChannel connect(Endpoint endpoint) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .intercept(CallHeaders.attaching(security.headers()))
                .disableRetry()
                .proxyDetector(address -> null)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .withOption(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .withOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_AHEAD)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis());
        if (endpoint.tls()) {
            builder.negotiationType(NegotiationType.TLS).sslContext(tls());
        } else {
            builder.negotiationType(NegotiationType.PLAINTEXT);
        }
        loops.serve(builder);
        return builder.build();
    }

    private synchronized SslContext tls() {
        if (tls == null) {
            try {
                SslContextBuilder builder = GrpcSslContexts.forClient();
                security.authorities().map(Path::toFile).ifPresent(builder::trustManager);
                if (security.certificate().isPresent() && security.key().isPresent()) {
                    builder.keyManager(
                            security.certificate().get().toFile(),
                            security.key().get().toFile());
                }
                tls = builder.build();
            } catch (IOException | IllegalArgumentException e) {
                throw new GridException(
                        ErrorCode.INVALID_ARGUMENT,
                        "cannot set up TLS: authorities=" + security.authorities() + ", certificate="
                                + security.certificate() + ": " + e.getMessage(),
                        e);
            }
        }
        return tls;
    }

    /** Ends all connections; calls under way are given two seconds. Idempotent. */
    @Override
    public void close() {
        List<ManagedChannel> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(channels.values());
            channels.clear();
        }
        open.forEach(ManagedChannel::shutdown);
        long deadline = System.nanoTime() + SHUTDOWN_WAIT.toNanos();
        for (ManagedChannel channel : open) {
            try {
                if (!channel.awaitTermination(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    channel.shutdownNow();
                }
            } catch (InterruptedException e) {
                channel.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        loops.close(SHUTDOWN_WAIT);
    }
}

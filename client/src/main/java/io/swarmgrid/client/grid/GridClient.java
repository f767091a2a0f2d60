package io.swarmgrid.client.grid;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesClient;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.local.LocalCalls;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.Json;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A client of one grid, by the addresses of some of its nodes; it asks the next one where one is silent. Connections are
 * made when they are needed, one for each node. Actions and raw bytes need no Arrow, which may then be missing on the class
 * path; whatever has Flight or an allocator in its name does. Thread-safe.
 */
public final class GridClient implements AutoCloseable {

    private static final String PLAIN = "grpc://";
    private static final String PLAIN_TCP = "grpc+tcp://";
    private static final int WATCHES_PER_TIMEOUT = 8;
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private final ClientOptions options;
    private final Failover failover;
    private final Channels channels;
    private final BytesClient bytes;
    private final LocalCalls local;
    private final ResendBudget resendBudget;
    private final Object lock = new Object();
    private @Nullable FlightSide flightSide;
    private @Nullable ScheduledExecutorService watcher;

    private GridClient(List<String> addresses, ClientOptions options) {
        this.options = options;
        String scheme = options.trustedCertificates() == null ? PLAIN : "grpc+tls://";
        List<String> locations = addresses.stream()
                .map(address -> address.contains("://") ? location(address) : scheme + address)
                .toList();
        this.failover = new Failover(locations, options.retries(), options.timeout());
        ChannelSecurity security = security(options);
        this.channels = new Channels(security);
        this.bytes = new BytesClient(channels);
        this.local = new LocalCalls(channels, bytes::isHere, security.headers());
        this.resendBudget = new ResendBudget(options.resendBytes());
    }

    /**
     * A client of the grid that these nodes are part of; nothing is asked of it yet.
     *
     * @param addresses {@code host:port}, or a Flight location such as {@code grpc+tls://host:port}
     */
    public static GridClient connect(List<String> addresses, ClientOptions options) {
        return new GridClient(addresses, options);
    }

    /** One way to write a location, so that a node has one connection: Flight knows two names for plain text. */
    public static String location(String uri) {
        return uri.startsWith(PLAIN_TCP) ? PLAIN + uri.substring(PLAIN_TCP.length()) : uri;
    }

    public ClientOptions options() {
        return options;
    }

    /** The nodes that this client was told of, as Flight locations. */
    public List<String> locations() {
        return failover.locations();
    }

    /**
     * One action.
     *
     * @param request what becomes its JSON: a record of the wire, or a map
     * @throws GridException what the grid answered; UNAVAILABLE where no node did; UNKNOWN_OUTCOME where the connection
     *     broke before an answer to an action that must not be repeated
     */
    public <T> T action(String operation, Object request, Class<T> answer) {
        byte[] body = Json.write(request);
        Repeat repeat = Repeat.of(operation, Json.tree(body));
        ActionRequest asked = new ActionRequest(operation, body);
        return anywhere(operation, repeat, (location, atMost) -> {
            CallHeaders headers = newHeaders();
            Deadline deadline = Deadline.after(atMost.toNanos(), TimeUnit.NANOSECONDS);
            byte[] json = local.call(location, asked, headers, atMost);
            if (json == null) {
                json = callByNetwork(location, asked, headers, deadline);
            }
            return answer == Void.class ? answer.cast(null) : Json.read(json, answer);
        });
    }

    /**
     * One action at a node of this machine, without the network, and without another try.
     *
     * @return null where none of the nodes takes calls so; nothing was sent then
     * @throws GridException what the node answered
     * @throws StatusRuntimeException where no answer came
     */
    public <T> @Nullable T actionHere(String operation, Object request, Class<T> answer) {
        ActionRequest asked = new ActionRequest(operation, Json.write(request));
        for (String location : order(locations())) {
            byte[] json = local.call(location, asked, newHeaders(), options.timeout());
            if (json != null) {
                return Json.read(json, answer);
            }
        }
        return null;
    }

    private byte[] callByNetwork(String location, ActionRequest asked, CallHeaders headers, Deadline deadline) {
        Duration left = Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
        Channel channel = ClientInterceptors.intercept(awaitConnection(location, left), headers.interceptor());
        CallOptions call = CallOptions.DEFAULT.withDeadline(deadline).withMaxInboundMessageSize(MAX_ANSWER_BYTES);
        return ClientCalls.blockingUnaryCall(channel, BytesMethods.CALL, call, asked);
    }

    /**
     * Makes a call at one node after the other until one answers.
     *
     * @param what names the call in errors
     * @param call one attempt at a location; gRPC's and Flight's exceptions are for it to throw
     * @throws GridException as {@link #action} does
     */
    public <T> T anywhere(String what, Repeat repeat, Function<String, T> call) {
        return failover.call(what, repeat, (location, atMost) -> call.apply(location));
    }

    /** The same for attempts that are told how long each may take, so that all of them end within the client's timeout. */
    public <T> T anywhere(String what, Repeat repeat, BiFunction<String, Duration, T> call) {
        return failover.call(what, repeat, call::apply);
    }

    /** The same within another time than the client's timeout. */
    public <T> T anywhere(String what, Repeat repeat, Duration within, BiFunction<String, Duration, T> call) {
        return failover.call(what, repeat, within, call::apply);
    }

    /** The locations in the order to try them: those that failed of late come last. */
    public List<String> order(List<String> locations) {
        return failover.order(locations);
    }

    /** Remembers for a while that a location does not answer. */
    public void failed(String location) {
        failover.failed(location);
    }

    /**
     * The connection to a location, which stays this client's.
     *
     * @throws StatusRuntimeException UNAVAILABLE where it does not come about
     */
    public ManagedChannel connected(String location) {
        return connected(location, options.connectTimeout());
    }

    /** The same, within so long at most. */
    public ManagedChannel connected(String location, Duration atMost) {
        ManagedChannel channel = awaitConnection(location, atMost);
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            throw notConnected("no connection");
        }
        return channel;
    }

    /** Waits until the connection stands or is refused; the next call on it tells why. */
    private ManagedChannel awaitConnection(String location, Duration atMost) {
        Duration patience = atMost.compareTo(options.connectTimeout()) < 0 ? atMost : options.connectTimeout();
        ManagedChannel channel = channels.channel(location);
        long deadline = System.nanoTime() + patience.toNanos();
        ConnectivityState state = channel.getState(true);
        while (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
            CountDownLatch changed = new CountDownLatch(1);
            channel.notifyWhenStateChanged(state, changed::countDown);
            try {
                if (!changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw notConnected("no connection within " + patience.toMillis() + " ms");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GridException(ErrorCode.CANCELLED, "interrupted while connecting to " + location, e);
            }
            state = channel.getState(true);
        }
        return channel;
    }

    private static StatusRuntimeException notConnected(String why) {
        return Status.UNAVAILABLE
                .withDescription(why)
                .withCause(new ConnectException(why))
                .asRuntimeException();
    }

    /** Flight's own client of a location, over the same connection; it stays this client's. */
    public FlightClient flight(String location) {
        awaitConnection(location, options.connectTimeout());
        return flightSide().client(location);
    }

    /** The headers of one call, with a request id of its own. */
    public CallHeaders newHeaders() {
        QosClass qos = options.qos();
        Traceparent trace = options.trace();
        return new CallHeaders(qos == null ? null : qos.name(), newRequestId(), trace == null ? null : trace.header());
    }

    /** The same for one call over {@link #flight}. */
    public CallOption newFlightHeaders() {
        return FlightSide.headers(newHeaders());
    }

    /** Raw bytes of whole files, over the same connections. */
    public BytesClient bytes() {
        return bytes;
    }

    /** What writers keep of what they sent. */
    public ResendBudget resendBudget() {
        return resendBudget;
    }

    /** Where record batches in flight lie; closed with the client, so what came from it has to be closed before. */
    public BufferAllocator allocator() {
        return flightSide().allocator();
    }

    private FlightSide flightSide() {
        synchronized (lock) {
            if (flightSide == null) {
                flightSide = new FlightSide(channels, options.memoryBytes());
            }
            return flightSide;
        }
    }

    /** Waits before a further round over the nodes: longer each time, and not the same for all clients. */
    public static void pause(int round) {
        Failover.pause(round);
    }

    /** The same before one of a few tries that are to last for so long together. */
    public static void pause(int round, Duration together, int tries) {
        Failover.pause(round, Math.max(Failover.LONGEST_PAUSE_MS, 2 * together.toMillis() / tries));
    }

    /** Calls a check every few moments until the watch is closed: for ending what has fallen silent. */
    public Watch watch(Runnable check) {
        long everyNanos = Math.max(1_000_000, options.timeout().toNanos() / WATCHES_PER_TIMEOUT);
        ScheduledFuture<?> watching =
                watcher().scheduleWithFixedDelay(check, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
        return () -> watching.cancel(false);
    }

    /** A check that goes on until closed. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    private ScheduledExecutorService watcher() {
        synchronized (lock) {
            if (watcher == null) {
                ScheduledThreadPoolExecutor single = new ScheduledThreadPoolExecutor(1, task -> {
                    Thread thread = new Thread(task, "grid-client-watch");
                    thread.setDaemon(true);
                    return thread;
                });
                single.setRemoveOnCancelPolicy(true);
                watcher = single;
            }
            return watcher;
        }
    }

    @Override
    public void close() {
        local.close();
        channels.close();
        synchronized (lock) {
            if (watcher != null) {
                watcher.shutdownNow();
            }
            if (flightSide != null) {
                flightSide.close();
                flightSide = null;
            }
        }
    }

    private static ChannelSecurity security(ClientOptions options) {
        ChannelSecurity security = ChannelSecurity.NONE;
        Path authorities = options.trustedCertificates();
        if (authorities != null) {
            security = security.trusting(authorities);
        }
        Supplier<String> token = options.token();
        return token == null ? security : security.bearing(token);
    }

    /** Enough to find one call in a log; it protects nothing. */
    private static String newRequestId() {
        return Long.toHexString(ThreadLocalRandom.current().nextLong());
    }
}

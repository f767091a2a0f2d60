package io.swarmgrid.node.flight;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.config.HostPort;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.config.TlsConfig;
import io.swarmgrid.node.auth.CallInterceptor;
import io.swarmgrid.storage.door.Actions;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.grpc.ServerBackpressureThresholdInterceptor;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The one port for data: Flight, and other services beside it. It listens as soon as it is
 * made; the gate of its interceptor says when calls are taken. Thread-safe.
 */
public final class FlightDoor implements AutoCloseable {
    private static final long STOP_SECONDS = 3;

    private final Server server;
    private final GridProducer producer;
    private final ExecutorService calls;
    private final ExecutorService puts;
    private final ExecutorService pumps;
    private final ScheduledExecutorService timer;
    private final String location;

    private FlightDoor(Server server, GridProducer producer, Threads threads, String location) {
        this.server = server;
        this.producer = producer;
        this.calls = threads.calls();
        this.puts = threads.puts();
        this.pumps = threads.pumps();
        this.timer = threads.timer();
        this.location = location;
    }

    /**
     * Listens on {@code listen.flight}.
     *
     * @param others what is served on the same port, behind the same interceptor
     * @param allocator stays the caller's, who closes it after the door
     * @throws GridException PRECONDITION_FAILED naming the key and the address where it cannot be listened on,
     *     INVALID_ARGUMENT where the certificate or the key cannot be used
     */
    public static FlightDoor open(
            SwarmConfig config,
            CallInterceptor interceptor,
            BufferAllocator allocator,
            List<ServerServiceDefinition> others) {
        Threads threads = Threads.start();
        boolean opened = false;
        try {
            GridProducer producer = new GridProducer(allocator, threads.pumps(), threads.timer());
            Server server = server(config, interceptor, allocator, threads, others, producer);
            try {
                server.start();
            } catch (IOException e) {
                throw cannotListen(config.listen().flight(), e);
            }
            opened = true;
            String location = scheme(config) + "://" + new HostPort(config.advertisedHost(), server.getPort());
            return new FlightDoor(server, producer, threads, location);
        } finally {
            if (!opened) {
                threads.stop();
            }
        }
    }

    /** Where others reach it, {@code grpc://host:port} or {@code grpc+tls://host:port}. */
    public String location() {
        return location;
    }

    public int port() {
        return server.getPort();
    }

    /**
     * Gives Flight what it serves; the gate is opened after this.
     *
     * @return its actions, for the doors that take them without Flight
     */
    public Actions serve(Services services) {
        return producer.serve(services);
    }

    /** Ends the calls that are left after a few seconds. Idempotent. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
                server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        new Threads(calls, puts, pumps, timer).stop();
    }

    /** What flight-core's own builder puts together, with puts watched: it does not let its service be wrapped. */
    private static Server server(
            SwarmConfig config,
            CallInterceptor interceptor,
            BufferAllocator allocator,
            Threads threads,
            List<ServerServiceDefinition> others,
            GridProducer producer) {
        HostPort address = config.listen().flight();
        BindableService flight = flight(allocator, producer, threads.puts());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(address.host(), address.port()))
                .executor(threads.calls())
                .maxInboundMessageSize(
                        (int) config.limits().inboundMessageSize().bytes())
                .maxInboundMetadataSize((int) config.limits().headerSize().bytes())
                .addService(ServerInterceptors.intercept(
                        DirectMessages.sentBy(DictionaryDeltas.refusedBy(flight.bindService())),
                        new ServerBackpressureThresholdInterceptor(StreamPump.READY_BELOW_BYTES)))
                .intercept(interceptor)
                .intercept(new ServerInterceptorAdapter(List.of()));
        Channels.accept(builder);
        others.forEach(builder::addService);
        config.security().tls().ifPresent(tls -> builder.sslContext(sslContext(tls)));
        return builder.build();
    }

    /** Callers are told by the interceptor; the handler of flight-core, deprecated, has to be named and does nothing. */
    @SuppressWarnings("deprecation")
    private static BindableService flight(BufferAllocator allocator, GridProducer producer, ExecutorService puts) {
        return FlightGrpcUtils.createFlightService(
                allocator, producer, org.apache.arrow.flight.auth.ServerAuthHandler.NO_OP, puts);
    }

    /** Clients may show a certificate and nodes do; whoever shows one that no known authority signed is turned away. */
    private static SslContext sslContext(TlsConfig tls) {
        try (InputStream cert = new FileInputStream(tls.cert().toFile());
                InputStream key = new FileInputStream(tls.key().toFile())) {
            return GrpcSslContexts.forServer(cert, key)
                    .trustManager(tls.ca().toFile())
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new GridException(
                    ErrorCode.INVALID_ARGUMENT,
                    "security.tls: cannot use cert=" + tls.cert() + ", key=" + tls.key() + ", ca=" + tls.ca() + ": "
                            + e.getMessage(),
                    null,
                    "all three are PEM files, the key PKCS#8",
                    e);
        }
    }

    private static String scheme(SwarmConfig config) {
        return config.security().tls().isPresent() ? "grpc+tls" : "grpc";
    }

    private static GridException cannotListen(HostPort address, IOException e) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "cannot listen: listen.flight=" + address + ": " + rootMessage(e),
                null,
                "choose another port (listen.flight, --listen), or end the process that has it",
                e);
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** The door's threads; as many as there are calls, which the interceptor bounds. */
    private record Threads(
            ExecutorService calls, ExecutorService puts, ExecutorService pumps, ScheduledExecutorService timer) {
        static Threads start() {
            return new Threads(
                    pool("grpc-call"),
                    pool("flight-put"),
                    pool("flight-get"),
                    Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "flight-timer")));
        }

        void stop() {
            timer.shutdownNow();
            for (ExecutorService pool : new ExecutorService[] {puts, pumps, calls}) {
                pool.shutdown();
                try {
                    if (!pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                        pool.shutdownNow();
                    }
                } catch (InterruptedException e) {
                    pool.shutdownNow();
                    Thread.currentThread().interrupt();
                }
            }
        }

        private static ExecutorService pool(String name) {
            AtomicInteger count = new AtomicInteger();
            return Executors.newCachedThreadPool(task -> daemon(task, name + "-" + count.incrementAndGet()));
        }

        private static Thread daemon(Runnable task, String name) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        }
    }
}

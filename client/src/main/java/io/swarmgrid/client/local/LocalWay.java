package io.swarmgrid.client.local;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.LocalPlace;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.net.GridErrors;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The way to one node of this machine, once it is known: the connections that have nothing to do. Thread-safe. */
final class LocalWay {
    /** Whoever calls a node a few times only has nothing of it. */
    private static final int CALLS_BEFORE = 4;

    private static final int MAX_IDLE = 32;
    private static final Duration FIND_PATIENCE = Duration.ofSeconds(2);
    /** A node that has no such socket, or is older than that, or whose socket is closed to this process, is not asked at each call. */
    private static final long AGAIN_NANOS = Duration.ofSeconds(30).toNanos();
    /** One that has no room now, or is not there. */
    private static final long SOON_NANOS = Duration.ofSeconds(2).toNanos();

    private final String location;
    private final Channels channels;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean finding = new AtomicBoolean();
    private final ConcurrentLinkedDeque<LocalConnection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private volatile @Nullable Path socket;
    private volatile long askNanos = System.nanoTime();

    LocalWay(String location, Channels channels) {
        this.location = location;
        this.channels = channels;
    }

    String location() {
        return location;
    }

    @Nullable
    LocalConnection idle() {
        LocalConnection connection = idle.pollFirst();
        if (connection != null) {
            idleCount.decrementAndGet();
        }
        return connection;
    }

    /** Keeps a connection for the next call; false where there are enough. */
    boolean keep(LocalConnection connection) {
        if (idleCount.incrementAndGet() > MAX_IDLE) {
            idleCount.decrementAndGet();
            return false;
        }
        idle.addFirst(connection);
        return true;
    }

    /** Takes one out that was kept; false where it is in use by now. */
    boolean takeOut(LocalConnection connection) {
        boolean out = idle.remove(connection);
        if (out) {
            idleCount.decrementAndGet();
        }
        return out;
    }

    /** New connections are not made before the node has said anew where its socket is, for which it is not asked at once. */
    void forget() {
        forget(SOON_NANOS);
    }

    private void forget(long pauseNanos) {
        askNanos = System.nanoTime() + pauseNanos;
        socket = null;
    }

    /**
     * A new connection, not greeted yet.
     *
     * @return null where calls go by the network
     */
    @Nullable
    SocketChannel connect(Duration atMost) {
        Path known = socket(atMost);
        if (known == null) {
            return null;
        }
        SocketChannel channel = null;
        boolean connected = false;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            // One whose node takes nobody in now would wait without an end.
            channel.configureBlocking(false);
            connected = channel.connect(UnixDomainSocketAddress.of(known));
            if (connected) {
                channel.configureBlocking(true);
                return channel;
            }
            forget();
            return null;
        } catch (ClosedByInterruptException e) {
            connected = false;
            return null; // says nothing of the node
        } catch (IOException | UnsupportedOperationException e) {
            connected = false;
            forget();
            return null;
        } finally {
            if (channel != null && !connected) {
                close(channel);
            }
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing was said over it
        }
    }

    private @Nullable Path socket(Duration atMost) {
        Path known = socket;
        if (known != null || (calls.get() < CALLS_BEFORE && calls.incrementAndGet() < CALLS_BEFORE)) {
            return known;
        }
        if (System.nanoTime() - askNanos < 0 || !finding.compareAndSet(false, true)) {
            return null;
        }
        try {
            askNanos = System.nanoTime() + AGAIN_NANOS;
            socket = socket(ask(atMost.compareTo(FIND_PATIENCE) < 0 ? atMost : FIND_PATIENCE));
        } catch (StatusRuntimeException | GridException e) {
            // the call that comes next by the network tells what there is to tell
        } finally {
            finding.set(false);
        }
        return socket;
    }

    /** The node's own, where this process can see it and has come straight to the node. */
    private @Nullable Path socket(LocalPlace found) {
        if (MachineId.own().filter(own -> own.equals(found.machine())).isEmpty()
                || Channels.port(location) != found.port()) {
            return null;
        }
        try {
            Path socket = Path.of(found.socket());
            String key = MachineId.fileKey(socket);
            return key != null && key.equals(found.key()) ? socket : null;
        } catch (IOException | RuntimeException e) {
            return null; // not to be seen from here, or its name not to be written here
        }
    }

    private LocalPlace ask(Duration patience) {
        Frame answer = ClientCalls.blockingUnaryCall(
                channel(), BytesMethods.FIND_LOCAL, within(patience), Frame.Control.of(Map.of()));
        try {
            if (answer instanceof Frame.Control control) {
                return control.as(LocalPlace.class);
            }
            throw Status.INTERNAL.withDescription("answered out of order").asRuntimeException();
        } finally {
            answer.release();
        }
    }

    /** Asks by the network whether the node is there, and says where it is not. */
    void probe(Duration patience, Runnable gone) {
        ClientCalls.asyncUnaryCall(
                channel().newCall(BytesMethods.FIND_LOCAL, within(patience)),
                Frame.Control.of(Map.of()),
                new ProbeAnswer(gone));
    }

    private Channel channel() {
        return ClientInterceptors.intercept(channels.channel(location), CallHeaders.NONE.interceptor());
    }

    private static CallOptions within(Duration patience) {
        return CallOptions.DEFAULT.withDeadlineAfter(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Any word of the node is one, be it that it stops. */
    private record ProbeAnswer(Runnable gone) implements io.grpc.stub.StreamObserver<Frame> {
        @Override
        public void onNext(Frame answer) {
            answer.release();
        }

        @Override
        public void onError(Throwable thrown) {
            boolean said = thrown instanceof StatusRuntimeException e
                    && e.getTrailers() != null
                    && e.getTrailers().containsKey(GridErrors.ERROR);
            if (!said) {
                gone.run();
            }
        }

        @Override
        public void onCompleted() {}
    }
}

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
    /** A node that has no such socket, or is older than that, is not asked at each call. */
    private static final long AGAIN_NANOS = Duration.ofSeconds(30).toNanos();

    private final String location;
    private final Channels channels;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean finding = new AtomicBoolean();
    private final ConcurrentLinkedDeque<LocalConnection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private volatile @Nullable LocalPlace place;
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
        if (place == null || idleCount.incrementAndGet() > MAX_IDLE) {
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

    /** The node is not there any more: what was known of it is asked for anew, in a while. */
    void lose() {
        place = null;
        askNanos = System.nanoTime() + FIND_PATIENCE.toNanos();
        for (LocalConnection each = idle(); each != null; each = idle()) {
            each.close();
        }
    }

    /** A new connection, not greeted yet; null where calls go by the network. */
    @Nullable
    SocketChannel connect() {
        LocalPlace known = place();
        if (known == null) {
            return null;
        }
        Path socket = Path.of(known.socket());
        SocketChannel channel = null;
        boolean connected = false;
        try {
            if (!known.key().equals(MachineId.fileKey(socket))) {
                lose();
                return null;
            }
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            connected = true;
            return channel;
        } catch (IOException | UnsupportedOperationException e) {
            lose();
            return null;
        } finally {
            if (channel != null && !connected) {
                try {
                    channel.close();
                } catch (IOException e) {
                    // it was not open to begin with
                }
            }
        }
    }

    private @Nullable LocalPlace place() {
        LocalPlace known = place;
        if (known != null || (calls.get() < CALLS_BEFORE && calls.incrementAndGet() < CALLS_BEFORE)) {
            return known;
        }
        if (System.nanoTime() - askNanos < 0 || !finding.compareAndSet(false, true)) {
            return null;
        }
        try {
            askNanos = System.nanoTime() + AGAIN_NANOS;
            LocalPlace found = ask();
            if (MachineId.own().filter(found.machine()::equals).isPresent()
                    && Channels.port(location) == found.port()) {
                place = found;
            }
        } catch (StatusRuntimeException | GridException e) {
            // the call that comes next by the network tells what there is to tell
        } finally {
            finding.set(false);
        }
        return place;
    }

    private LocalPlace ask() {
        Frame answer = ClientCalls.blockingUnaryCall(
                channel(), BytesMethods.FIND_LOCAL, within(FIND_PATIENCE), Frame.Control.of(Map.of()));
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

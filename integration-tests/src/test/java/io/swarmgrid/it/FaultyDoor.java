package io.swarmgrid.it;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.net.GridErrors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A way to a node's door that answers an error, or nothing, where a test says so, whether or not the node has done what it was
 * asked for. The node may end and come back meanwhile. Thread-safe.
 */
public final class FaultyDoor implements AutoCloseable {
    /** For raw bytes that are put, as others are called by their action's name. */
    public static final String PUT = BytesMethods.PUT_FILE.getFullMethodName();

    private final ManagedChannel node;
    private final Server server;
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private final Set<Way> puts = ConcurrentHashMap.newKeySet();

    /**
     * What becomes of one call.
     *
     * @param done whether the node hears of it
     * @param broken whether the connection breaks when the node has answered, before a word of that arrives
     * @param answer null for the node's own
     */
    public record Fault(
            boolean done, boolean broken, @Nullable ErrorCode answer) {
        static final Fault NONE = new Fault(true, false, null);
        static final Fault LOST = new Fault(true, false, ErrorCode.UNKNOWN_OUTCOME);
        public static final Fault BROKEN = new Fault(true, true, null);

        static Fault refused(ErrorCode answer) {
            return new Fault(false, false, answer);
        }
    }

    public FaultyDoor(String address) throws IOException {
        node = NettyChannelBuilder.forTarget(address).usePlaintext().build();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(BytesMethods.SERVICE);
        for (MethodDescriptor<?, ?> method :
                List.of(BytesMethods.CALL, BytesMethods.PUT_FILE, BytesMethods.READ_FILE, BytesMethods.LEND_BLOCKS)) {
            service.addMethod(plain(method.getFullMethodName()), (near, headers) -> new Way(near, headers));
        }
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service.build())
                .build()
                .start();
    }

    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** The next calls of that name end so, one after the other. */
    public void next(String name, Fault... each) {
        faults.computeIfAbsent(name, any -> new ConcurrentLinkedQueue<>()).addAll(List.of(each));
    }

    /** The puts that are under way end here, and the node sees their writers go. */
    void cutPuts() {
        puts.forEach(Way::cut);
    }

    /** From now on nothing is done to calls of that name. */
    public void clear(String name) {
        faults.remove(name);
    }

    /** How many calls of that name are still to end badly. */
    public int left(String name) {
        Queue<Fault> waiting = faults.get(name);
        return waiting == null ? 0 : waiting.size();
    }

    private Fault fault(String name) {
        Queue<Fault> waiting = faults.get(name);
        Fault next = waiting == null ? null : waiting.poll();
        return next == null ? Fault.NONE : next;
    }

    @Override
    public void close() {
        server.shutdownNow();
        node.shutdownNow();
    }

    private static MethodDescriptor<byte[], byte[]> plain(String name) {
        return MethodDescriptor.newBuilder(new Plain(), new Plain())
                .setType(MethodType.BIDI_STREAMING)
                .setFullMethodName(name)
                .build();
    }

    private static final class Plain implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One call; its first message says which it is. */
    private final class Way extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> near;
        private final Metadata headers;
        private volatile @Nullable ClientCall<byte[], byte[]> far;
        private boolean refused;

        Way(ServerCall<byte[], byte[]> near, Metadata headers) {
            this.near = near;
            this.headers = headers;
            near.request(1);
        }

        @Override
        public void onMessage(byte[] message) {
            if (!refused && far == null) {
                start(message);
            }
            if (far != null) {
                far.sendMessage(message);
            }
            near.request(1);
        }

        private void start(byte[] first) {
            MethodDescriptor<byte[], byte[]> method = near.getMethodDescriptor();
            boolean action = method.getFullMethodName().equals(BytesMethods.CALL.getFullMethodName());
            String name = new String(first, StandardCharsets.UTF_8).split("\n", 2)[0];
            Fault fault = fault(action ? name : method.getFullMethodName());
            if (method.getFullMethodName().equals(PUT)) {
                puts.add(this);
            }
            if (fault.done()) {
                if (node.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                    node.resetConnectBackoff(); // it may be back, and the caller decides how often to ask
                }
                far = node.newCall(method, CallOptions.DEFAULT);
                far.start(new Back(near, far, fault), headers);
                far.request(1);
            } else {
                refused = true;
                end(near, Objects.requireNonNull(fault.answer()));
            }
        }

        private void cut() {
            ClientCall<byte[], byte[]> call = far;
            if (call != null) {
                call.cancel("the wire is cut", null);
            }
        }

        @Override
        public void onHalfClose() {
            if (far != null) {
                far.halfClose();
            }
        }

        @Override
        public void onComplete() {
            puts.remove(this);
        }

        @Override
        public void onCancel() {
            puts.remove(this);
            if (far != null) {
                far.cancel("the caller has gone", null);
            }
        }
    }

    private static void end(ServerCall<byte[], byte[]> near, ErrorCode code) {
        GridException error = new GridException(code, "as the test has it");
        near.close(GridErrors.status(error), GridErrors.trailers(error, null, null));
    }

    /** What the node says to it. */
    private static final class Back extends ClientCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> near;
        private final ClientCall<byte[], byte[]> far;
        private final Fault fault;

        Back(ServerCall<byte[], byte[]> near, ClientCall<byte[], byte[]> far, Fault fault) {
            this.near = near;
            this.far = far;
            this.fault = fault;
        }

        @Override
        public void onHeaders(Metadata headers) {
            if (fault.equals(Fault.NONE)) {
                near.sendHeaders(headers);
            }
        }

        @Override
        public void onMessage(byte[] message) {
            if (fault.equals(Fault.NONE)) {
                near.sendMessage(message);
            }
            far.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (fault.broken()) {
                // As a client says it itself where a connection breaks under a call.
                near.close(Status.UNAVAILABLE.withDescription("the connection broke"), new Metadata());
            } else if (fault.answer() == null || !status.isOk()) {
                near.close(status, trailers);
            } else {
                end(near, fault.answer());
            }
        }
    }
}

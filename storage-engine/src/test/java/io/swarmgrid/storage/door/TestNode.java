package io.swarmgrid.storage.door;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.block.TierOwner;
import io.swarmgrid.storage.file.ReplicatedFileStore;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** One node: a block store on disk, a server on loopback, a file store over both. */
final class TestNode implements AutoCloseable {
    /** Callers say who they are by this header; the product's own interceptor asks for proof. */
    private static final Metadata.Key<String> WHO = Metadata.Key.of("x-test-who", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> TRACE = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final String name;
    private final Channels channels = new Channels(ChannelSecurity.NONE.sending(() -> Map.of("x-test-who", "node")));
    private final ChunkBuffers buffers;
    private final LocalBlockStore blocks;
    private final ReplicatedFileStore files;
    private final DataPath path;
    private final BytesDoor door;
    private final Server server;
    private final FakeNodes nodes;
    private final AtomicLong outstandingBytes = new AtomicLong();
    private final Set<String> traces = ConcurrentHashMap.newKeySet();

    TestNode(String name, Path directory, FakeNodes nodes, FakeMetadata metadata, StorageConfig config)
            throws IOException {
        this.name = name;
        this.nodes = nodes;
        this.buffers = new ChunkBuffers(config.readBuffers().bytes());
        this.blocks = LocalBlockStore.open(
                List.of(new TierConfig(Medium.SSD, directory.resolve(name), Optional.empty())),
                Reserve.ofPercent(1),
                buffers,
                new TierOwner("grid", name));
        BytesDoor[] opened = new BytesDoor[1];
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(BytesDoor.service(() -> opened[0], () -> null))
                .intercept(new Identity());
        Channels.accept(builder);
        this.server = builder.build().start();
        nodes.up(name, server.getPort());
        this.path =
                new DataPath(blocks, nodes.seenBy(name, nodes.info(name)), channels, buffers, this::acquire, config);
        this.files = new ReplicatedFileStore(metadata, path);
        this.door = new BytesDoor(files, path);
        opened[0] = door;
    }

    String name() {
        return name;
    }

    String location() {
        return "grpc://127.0.0.1:" + server.getPort();
    }

    ReplicatedFileStore files() {
        return files;
    }

    LocalBlockStore blocks() {
        return blocks;
    }

    DataPath path() {
        return path;
    }

    RemoteBlocks remote() {
        return new RemoteBlocks(path);
    }

    /** The places in traces that others named when they called this node. */
    Set<String> traces() {
        return traces;
    }

    static CallContext context() {
        return new CallContext(Caller.LOCAL, QosClass.INTERACTIVE, "test");
    }

    /** Its process ends: nothing answers any more. */
    void kill() {
        nodes.down(name);
        stopAnswering();
    }

    /** It is not reachable, and the grid has not noticed yet. */
    void stopAnswering() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Flips a bit of a sealed block's file. */
    void damage(BlockId id, long position) throws IOException {
        StoredBlock block = blocks.find(id).orElseThrow();
        try (FileChannel file = FileChannel.open(block.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            file.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            file.write(one, position);
        }
    }

    long heldBytes() {
        return buffers.outstandingBytes() + outstandingBytes.get();
    }

    @Override
    public void close() {
        nodes.down(name);
        stopAnswering();
        door.close();
        files.close();
        channels.close();
        blocks.close();
    }

    private TransferScheduler.Permit acquire(CallContext context, TransferScheduler.Direction direction, long size) {
        outstandingBytes.addAndGet(size);
        return () -> outstandingBytes.addAndGet(-size);
    }

    private final class Identity implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String who = headers.get(WHO);
            String trace = headers.get(TRACE);
            if (trace != null) {
                traces.add(trace);
            }
            Caller caller = "node".equals(who) ? Caller.node("other") : Caller.LOCAL;
            CallContext context = new CallContext(caller, QosClass.INTERACTIVE, "test", Traceparent.parse(trace));
            return Contexts.interceptCall(Context.current().withValue(CallContexts.KEY, context), call, headers, next);
        }
    }
}

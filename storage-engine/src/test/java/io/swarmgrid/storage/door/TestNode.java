package io.swarmgrid.storage.door;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.block.TierOwner;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.cache.NearCopies;
import io.swarmgrid.storage.file.ReplicatedFileStore;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node: a block store on disk, a server on loopback, a file store over both. */
final class TestNode implements AutoCloseable {
    /** Callers say who they are by this header; the product's own interceptor asks for proof. */
    private static final Metadata.Key<String> WHO = Metadata.Key.of("x-test-who", Metadata.ASCII_STRING_MARSHALLER);

    /** Which node a call comes from. */
    private static final Metadata.Key<String> FROM = Metadata.Key.of("x-test-node", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> TRACE = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final String name;
    private final Channels channels;
    private final ChunkBuffers buffers;
    private final LocalBlockStore blocks;
    private final NearCopies near;
    private final ReplicatedFileStore files;
    private final DataPath path;
    private volatile @Nullable BytesDoor door;
    private Server server;
    private final FakeNodes nodes;
    private @Nullable OuterStores stores;
    private @Nullable MountedStore mounted;
    private @Nullable Outside outside;
    private final AtomicLong outstandingBytes = new AtomicLong();
    private final Set<String> traces = ConcurrentHashMap.newKeySet();
    private final List<String> writers = new CopyOnWriteArrayList<>();
    private final AtomicInteger readCalls = new AtomicInteger();
    private volatile @Nullable LongConsumer atBytesIn;
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();

    TestNode(String name, List<TierConfig> tiers, FakeNodes nodes, FakeMetadata metadata, StorageConfig config)
            throws IOException {
        this.name = name;
        this.nodes = nodes;
        Map<String, String> who = Map.of("x-test-who", "node", "x-test-node", name);
        this.channels = new Channels(ChannelSecurity.NONE.sending(() -> who));
        this.buffers = new ChunkBuffers(config.readBuffers().bytes());
        this.blocks = LocalBlockStore.open(tiers, Reserve.ofPercent(1), buffers, new TierOwner("grid", name));
        this.server = serve();
        nodes.up(name, server.getPort());
        this.near = NearCopies.open(
                blocks.nearTiers(), config.cache(), buffers, config.chunkSize().toIntBytes());
        this.path = new DataPath(
                blocks,
                near,
                Demand.of(config.cache(), nanos::get),
                nodes.seenBy(name, nodes.info(name)),
                channels,
                buffers,
                this::acquire,
                config);
        this.files = new ReplicatedFileStore(metadata, path);
        this.door = new BytesDoor(files, path);
    }

    private Server serve() throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(BytesDoor.service(() -> door, () -> null))
                .intercept(new Identity());
        Channels.accept(builder);
        return builder.build().start();
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

    /** So much time passes for what it counts as demand; else it stands. */
    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** From now on it reads what is mounted. */
    MountedStore mount(Mounts mounts) {
        OuterStores opened = new OuterStores(path.config().outer());
        outside = new Outside(mounts, opened, path.config().outer(), Supplier::get);
        MountedStore store = new MountedStore(files, outside, path);
        stores = opened;
        mounted = store;
        door = new BytesDoor(store, path, store);
        return store;
    }

    /** What lies below its mounts. */
    Outside outside() {
        return Objects.requireNonNull(outside);
    }

    LocalBlockStore blocks() {
        return blocks;
    }

    NearCopies near() {
        return near;
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

    /** The nodes that had this one write blocks, once for each block. */
    List<String> writers() {
        return List.copyOf(writers);
    }

    /** How often others had this one send them a block, or a part of one. */
    int readCalls() {
        return readCalls.get();
    }

    /** Tells how much has come in so far, before each piece that comes. */
    void atBytesIn(LongConsumer told) {
        atBytesIn = told;
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

    /** It is reachable again, at another port, and has all that it had, what it was writing as well. */
    void answerAgain() {
        try {
            server = serve();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        nodes.up(name, server.getPort());
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
        if (door != null) {
            door.close();
        }
        if (mounted != null && stores != null) {
            mounted.close();
            stores.close();
        }
        files.close();
        near.close();
        channels.close();
        blocks.close();
        buffers.close();
    }

    private TransferScheduler.Permit acquire(CallContext context, TransferScheduler.Direction direction, long size) {
        LongConsumer told = atBytesIn;
        if (direction == TransferScheduler.Direction.IN && told != null) {
            told.accept(bytesIn.getAndAdd(size));
        }
        outstandingBytes.addAndGet(size);
        return () -> outstandingBytes.addAndGet(-size);
    }

    private static boolean isWriteBlock(ServerCall<?, ?> call) {
        return call.getMethodDescriptor().getFullMethodName().equals(BytesMethods.WRITE_BLOCK.getFullMethodName());
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
            String from = headers.get(FROM);
            if (from != null && isWriteBlock(call)) {
                writers.add(from);
            }
            if (call.getMethodDescriptor().getFullMethodName().equals(BytesMethods.READ_BLOCK.getFullMethodName())) {
                readCalls.incrementAndGet();
            }
            Caller caller = "node".equals(who) ? Caller.node("other") : Caller.LOCAL;
            CallContext context = new CallContext(caller, QosClass.INTERACTIVE, "test", Traceparent.parse(trace));
            return Contexts.interceptCall(Context.current().withValue(CallContexts.KEY, context), call, headers, next);
        }
    }
}

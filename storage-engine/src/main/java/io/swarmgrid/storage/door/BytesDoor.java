package io.swarmgrid.storage.door;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.LocalPlace;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RangeSender;
import io.swarmgrid.storage.replica.ReplicaService;
import io.swarmgrid.storage.replica.ServedCall;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@link BytesMethods} over the files and the blocks of this node, and the actions of whoever answers them. Every call needs a {@link CallContexts#KEY} in
 * its gRPC context. Closing it drops the blocks that other nodes have not sealed here.
 */
public final class BytesDoor implements AutoCloseable {
    private final FileStore files;
    private final DataPath path;
    private final ReplicaService replicas;
    private final @Nullable MountedStore outer;

    /** Of a node that reads no outer stores. */
    public BytesDoor(FileStore files, DataPath path) {
        this(files, path, null);
    }

    /** @param outer what other nodes ask for; null for nothing */
    public BytesDoor(FileStore files, DataPath path, @Nullable MountedStore outer) {
        this.files = files;
        this.outer = outer;
        this.path = path;
        this.replicas = new ReplicaService(path);
    }

    /** The same for one that is called by the network alone. */
    public static ServerServiceDefinition service(
            Supplier<@Nullable BytesDoor> door, Supplier<@Nullable Actions> actions) {
        return service(door, actions, () -> null);
    }

    /**
     * The service for a server that starts before the node is ready.
     *
     * @param door asked at each call; null until then: the call is answered UNAVAILABLE
     * @param actions the same for actions
     * @param local where processes of this machine may call without the network; null for nowhere
     */
    public static ServerServiceDefinition service(
            Supplier<@Nullable BytesDoor> door,
            Supplier<@Nullable Actions> actions,
            Supplier<@Nullable LocalPlace> local) {
        return ServerServiceDefinition.builder(BytesMethods.SERVICE)
                .addMethod(BytesMethods.PUT_FILE, guarded(door, BytesDoor::putFile))
                .addMethod(BytesMethods.READ_FILE, guarded(door, BytesDoor::readFile))
                .addMethod(BytesMethods.LEND_BLOCKS, guarded(door, BytesDoor::lendBlocks))
                .addMethod(BytesMethods.WRITE_BLOCK, guarded(door, each -> each.replicas.writeBlock()))
                .addMethod(BytesMethods.READ_BLOCK, guarded(door, each -> each.replicas.readBlock()))
                .addMethod(BytesMethods.LEND_BLOCK, guarded(door, each -> each.replicas.lendBlock()))
                .addMethod(BytesMethods.DISCARD_BLOCK, guarded(door, each -> each.replicas.discardBlock()))
                .addMethod(BytesMethods.SETTLE_BLOCK, guarded(door, each -> each.replicas.settleBlock()))
                .addMethod(BytesMethods.READ_OUTER, guarded(door, each -> each.outer()
                        .readOuter()))
                .addMethod(BytesMethods.PROBE_OUTER, guarded(door, each -> each.outer()
                        .probeOuter()))
                .addMethod(BytesMethods.COUNT_OUTER, guarded(door, each -> each.outer()
                        .countOuter()))
                .addMethod(BytesMethods.CALL, new ActionHandler(actions))
                .addMethod(BytesMethods.FIND_LOCAL, guarded(door, each -> findLocal(local)))
                .build();
    }

    @Override
    public void close() {
        replicas.close();
    }

    private MountedStore outer() {
        if (outer == null) {
            throw new GridException(ErrorCode.UNSUPPORTED, "this node reads no outer stores");
        }
        return outer;
    }

    private ServerCallHandler<Frame, Frame> putFile() {
        return (call, headers) -> {
            CallContext context = CallContexts.current();
            context.caller().require(Grant.WRITE);
            ServedCall served = new ServedCall(call, context);
            served.request(1);
            return new FileReceiver(served, files, path);
        };
    }

    private ServerCallHandler<Frame, Frame> readFile() {
        return (call, headers) -> {
            CallContext context = CallContexts.current();
            context.caller().require(Grant.READ);
            ServedCall served = new ServedCall(call, context);
            served.readyBelow(RangeSender.OUTSTANDING_BYTES);
            served.request(2);
            return new FileSender(served, files, path);
        };
    }

    private ServerCallHandler<Frame, Frame> lendBlocks() {
        return (call, headers) -> {
            CallContext context = CallContexts.current();
            context.caller().require(Grant.READ);
            ServedCall served = new ServedCall(call, context);
            served.request(2);
            return new BlockLender(served, files, path);
        };
    }

    private static ServerCallHandler<Frame, Frame> findLocal(Supplier<@Nullable LocalPlace> local) {
        return ServerCalls.asyncUnaryCall((asked, observer) -> {
            asked.release();
            LocalPlace place = local.get();
            if (place == null) {
                GridException none = new GridException(ErrorCode.UNSUPPORTED, "calls are taken by the network alone");
                observer.onError(GridErrors.asStatusException(none, null, null));
                return;
            }
            observer.onNext(Frame.Control.of(place));
            observer.onCompleted();
        });
    }

    /** Answers what a handler throws at the start of a call as an error of ours. */
    private static ServerCallHandler<Frame, Frame> guarded(
            Supplier<@Nullable BytesDoor> door, Function<BytesDoor, ServerCallHandler<Frame, Frame>> method) {
        return new ServerCallHandler<>() {
            @Override
            public ServerCall.Listener<Frame> startCall(ServerCall<Frame, Frame> call, Metadata headers) {
                try {
                    BytesDoor open = door.get();
                    if (open == null) {
                        throw new GridException(ErrorCode.UNAVAILABLE, "the node is starting");
                    }
                    return method.apply(open).startCall(call, headers);
                } catch (RuntimeException e) {
                    GridException error = GridErrors.of(e);
                    call.close(GridErrors.status(error), trailers(error));
                    return new ServerCall.Listener<>() {};
                }
            }
        };
    }

    private static Metadata trailers(GridException error) {
        CallContext context = CallContexts.KEY.get();
        return context == null
                ? GridErrors.trailers(error, null, null)
                : GridErrors.trailers(error, context.requestId(), context.traceId());
    }
}

package io.swarmgrid.client.grid;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.ErrorBody;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A Flight server on loopback that answers as a test tells it to. */
public class Door extends NoOpFlightProducer implements AutoCloseable {
    private final BufferAllocator allocator = new RootAllocator(256L << 20);
    private final Map<String, Function<byte[], Object>> actions = new ConcurrentHashMap<>();
    private final List<Map<String, String>> seenHeaders = new CopyOnWriteArrayList<>();
    private final List<String> seenActions = new CopyOnWriteArrayList<>();
    private final FlightServer server;

    public Door() throws IOException {
        Consumer<NettyServerBuilder> calls = builder -> builder.addService(actionService());
        server = FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), this)
                .transportHint("grpc.builderConsumer", calls)
                .build()
                .start();
    }

    /** Its address for {@link GridClient#connect}. */
    public final String address() {
        return "127.0.0.1:" + server.getPort();
    }

    public final String location() {
        return "grpc://" + address();
    }

    public final BufferAllocator allocator() {
        return allocator;
    }

    /** What an action is answered with: a value for JSON, or a thrown exception. */
    public final Door on(String action, Function<byte[], Object> answer) {
        actions.put(action, answer);
        return this;
    }

    public final List<String> seenActions() {
        return seenActions;
    }

    public final List<Map<String, String>> seenHeaders() {
        return seenHeaders;
    }

    private ServerServiceDefinition actionService() {
        ServerServiceDefinition service = ServerServiceDefinition.builder(BytesMethods.SERVICE)
                .addMethod(BytesMethods.CALL, ServerCalls.asyncUnaryCall(this::answer))
                .build();
        return ServerInterceptors.intercept(service, new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                seenHeaders.add(texts(headers));
                return next.startCall(call, headers);
            }
        });
    }

    private void answer(ActionRequest request, StreamObserver<byte[]> answers) {
        seenActions.add(request.action());
        Function<byte[], Object> answer = actions.get(request.action());
        if (answer == null) {
            answers.onError(Status.UNIMPLEMENTED.asRuntimeException());
            return;
        }
        try {
            answers.onNext(Json.write(answer.apply(request.json())));
            answers.onCompleted();
        } catch (GridException e) {
            answers.onError(GridErrors.asStatusException(e, "r1", null));
        } catch (FlightRuntimeException broken) {
            answers.onError(
                    Status.UNAVAILABLE.withDescription(broken.getMessage()).asRuntimeException());
        }
    }

    private static Map<String, String> texts(Metadata headers) {
        Map<String, String> texts = new HashMap<>();
        for (String name : headers.keys()) {
            String text = name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                    ? null
                    : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
            if (text != null) {
                texts.put(name, text);
            }
        }
        return texts;
    }

    /** As nodes send it: the status, and all of the error as JSON beside it. */
    public static FlightRuntimeException asFlight(GridException error) {
        ErrorBody body = GridErrors.body(error, "r1", null);
        ErrorFlightMetadata metadata = new ErrorFlightMetadata();
        metadata.insert(GridErrors.ERROR.originalName(), Json.write(body));
        CallStatus status =
                switch (error.kind()) {
                    case CALLER -> CallStatus.INVALID_ARGUMENT;
                    case RETRY -> CallStatus.UNAVAILABLE;
                    case UNKNOWN -> CallStatus.UNKNOWN;
                    case FATAL -> CallStatus.INTERNAL;
                };
        return status.withDescription(GridErrors.description(error))
                .withMetadata(metadata)
                .toRuntimeException();
    }

    /** What a connection that breaks looks like: a status that no node sent. */
    public static FlightRuntimeException brokenConnection() {
        return CallStatus.UNAVAILABLE
                .withDescription("Network closed for unknown reason")
                .toRuntimeException();
    }

    @Override
    public void close() {
        try {
            server.shutdown();
            server.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        allocator.close();
    }
}

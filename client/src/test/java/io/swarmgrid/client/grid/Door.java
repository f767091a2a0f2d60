package io.swarmgrid.client.grid;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.ErrorBody;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.Result;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A Flight server on loopback that answers as a test tells it to. */
public class Door extends NoOpFlightProducer implements AutoCloseable {
    private static final FlightServerMiddleware.Key<Headers> HEADERS = FlightServerMiddleware.Key.of("headers");

    private final BufferAllocator allocator = new RootAllocator(256L << 20);
    private final Map<String, Function<byte[], Object>> actions = new ConcurrentHashMap<>();
    private final List<CallHeaders> seenHeaders = new CopyOnWriteArrayList<>();
    private final List<String> seenActions = new CopyOnWriteArrayList<>();
    private final FlightServer server;

    public Door() throws IOException {
        server = FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), this)
                .middleware(HEADERS, (info, headers, context) -> remember(headers))
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

    public final List<CallHeaders> seenHeaders() {
        return seenHeaders;
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        seenActions.add(action.getType());
        Function<byte[], Object> answer = actions.get(action.getType());
        if (answer == null) {
            listener.onError(CallStatus.UNIMPLEMENTED.toRuntimeException());
            return;
        }
        try {
            listener.onNext(new Result(Json.write(answer.apply(action.getBody()))));
            listener.onCompleted();
        } catch (GridException e) {
            listener.onError(asFlight(e));
        } catch (RuntimeException e) {
            listener.onError(e);
        }
    }

    /** As nodes send it: the status, and all of the error as JSON beside it. */
    public static FlightRuntimeException asFlight(GridException error) {
        ErrorBody body = GridErrors.body(error, "r1");
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

    private Headers remember(CallHeaders headers) {
        seenHeaders.add(headers);
        return new Headers();
    }

    private static final class Headers implements FlightServerMiddleware {
        @Override
        public void onBeforeSendingHeaders(CallHeaders outgoing) {}

        @Override
        public void onCallCompleted(CallStatus status) {}

        @Override
        public void onCallErrored(Throwable thrown) {}
    }
}

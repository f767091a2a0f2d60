package io.swarmgrid.it;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * A Flight door at which every call ends in the error that it names, sent as nodes send theirs: not all of them can be
 * brought about at will on a real node. The action {@code codes} names them all.
 */
final class FailingDoor implements AutoCloseable {
    private final BufferAllocator allocator = new RootAllocator(16 << 20);
    private final FlightServer server;

    FailingDoor() throws IOException {
        server = FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), new Failing())
                .build();
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        allocator.close();
    }

    private static RuntimeException failure(String code) {
        GridException error = new GridException(ErrorCode.valueOf(code), "cannot do it: n=7", "/a/ü", "try n=8", null);
        return GridErrors.asStatusException(error, "r-1", null);
    }

    private static final class Failing extends NoOpFlightProducer {
        @Override
        public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
            if (action.getType().equals("codes")) {
                listener.onNext(new Result(Json.write(
                        Arrays.stream(ErrorCode.values()).map(Enum::name).toArray())));
                listener.onCompleted();
            } else {
                throw failure(new String(action.getBody(), StandardCharsets.UTF_8));
            }
        }

        @Override
        public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
            listener.error(failure(new String(ticket.getBytes(), StandardCharsets.UTF_8)));
        }

        @Override
        public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
            throw failure(descriptor.getPath().get(0));
        }

        @Override
        public Runnable acceptPut(CallContext context, FlightStream stream, StreamListener<PutResult> answers) {
            return () -> {
                while (stream.next()) {
                    stream.getRoot();
                }
                answers.onError(failure(stream.getDescriptor().getPath().get(0)));
            };
        }
    }
}

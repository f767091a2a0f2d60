package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.storage.door.Actions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelFlightInfoResult;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** Flight's calls, each handed to the room it belongs to. Thread-safe. */
final class GridProducer implements FlightProducer {
    private final BufferAllocator allocator;
    private final Executor pumps;
    private final ScheduledExecutorService timer;
    private volatile @Nullable Rooms rooms;

    /** What is behind the door, once it is open. */
    private record Rooms(Services services, Reads reads, Puts puts, ActionTable actions) {}

    GridProducer(BufferAllocator allocator, Executor pumps, ScheduledExecutorService timer) {
        this.allocator = allocator;
        this.pumps = pumps;
        this.timer = timer;
    }

    /**
     * From now on calls are served; the gate is opened after this.
     *
     * @return the actions, which fail as {@link Failures} says
     */
    Actions serve(Services services) {
        Requests requests =
                new Requests(services.config().limits().requestSize().bytes());
        ActionTable actions = new ActionTable(requests);
        new FileActions(services).addTo(actions);
        new TrashActions(services).addTo(actions);
        new OuterActions(services).addTo(actions);
        new QuotaActions(services).addTo(actions);
        new CacheActions(services).addTo(actions);
        new CheckActions(services).addTo(actions);
        new DatasetActions(services).addTo(actions);
        new CheckpointActions(services).addTo(actions);
        new GridActions(services).addTo(actions);
        new BackupActions(services).addTo(actions);
        rooms = new Rooms(services, new Reads(services, requests, allocator), new Puts(services, requests), actions);
        return (context, name, json) -> {
            try {
                return actions.run(context, name, json);
            } catch (RuntimeException | OutOfMemoryError e) {
                throw Failures.asLogged(e, context);
            }
        };
    }

    @Override
    public void getStream(CallContext call, Ticket ticket, ServerStreamListener listener) {
        guarded(() -> {
            io.swarmgrid.client.call.CallContext context = CallContexts.current();
            Rooms open = rooms();
            Supplier<BatchSource> source = open.reads().open(context, ticket.getBytes());
            StreamPump.start(context, open.services().scheduler(), source, listener, pumps);
            return listener;
        });
    }

    @Override
    public void listFlights(CallContext call, Criteria criteria, StreamListener<FlightInfo> listener) {
        guarded(() -> {
            rooms().reads().list(CallContexts.current(), criteria.getExpression(), listener::onNext);
            listener.onCompleted();
            return listener;
        });
    }

    @Override
    public FlightInfo getFlightInfo(CallContext call, FlightDescriptor descriptor) {
        return guarded(() -> rooms().reads().info(CallContexts.current(), descriptor));
    }

    @Override
    public SchemaResult getSchema(CallContext call, FlightDescriptor descriptor) {
        return guarded(() -> new SchemaResult(rooms().reads().schema(CallContexts.current(), descriptor)));
    }

    @Override
    public Runnable acceptPut(CallContext call, FlightStream stream, StreamListener<PutResult> answers) {
        return guarded(() -> {
            Rooms open = rooms();
            PutStream put = new PutStream(
                    CallContexts.current(), open.puts(), open.services().scheduler(), allocator, timer);
            return () -> put.run(stream, answers);
        });
    }

    @Override
    public void doAction(CallContext call, Action action, StreamListener<Result> listener) {
        guarded(() -> {
            listener.onNext(new Result(answer(action)));
            listener.onCompleted();
            return listener;
        });
    }

    @Override
    public void listActions(CallContext call, StreamListener<ActionType> listener) {
        guarded(() -> {
            rooms().actions().types().forEach(listener::onNext);
            List.of(FlightConstants.CANCEL_FLIGHT_INFO, FlightConstants.RENEW_FLIGHT_ENDPOINT)
                    .forEach(listener::onNext);
            listener.onCompleted();
            return listener;
        });
    }

    private byte[] answer(Action action) {
        String name = action.getType();
        if (name.equals(FlightConstants.CANCEL_FLIGHT_INFO.getType())) {
            return cancel(action.getBody());
        }
        if (name.equals(FlightConstants.RENEW_FLIGHT_ENDPOINT.getType())) {
            return renew(action.getBody());
        }
        return rooms().actions().run(CallContexts.current(), name, action.getBody());
    }

    /** A FlightInfo holds nothing on a node, so there is nothing left to cancel once this was asked. */
    private static byte[] cancel(byte[] body) {
        try {
            CancelFlightInfoRequest.deserialize(ByteBuffer.wrap(body));
        } catch (IOException | URISyntaxException | RuntimeException e) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, "CancelFlightInfo: the request is malformed", e);
        }
        return bytes(new CancelFlightInfoResult(CancelStatus.CANCELLED).serialize());
    }

    private byte[] renew(byte[] body) {
        FlightEndpoint endpoint;
        try {
            endpoint = RenewFlightEndpointRequest.deserialize(ByteBuffer.wrap(body))
                    .getFlightEndpoint();
        } catch (IOException | URISyntaxException | RuntimeException e) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, "RenewFlightEndpoint: the request is malformed", e);
        }
        return bytes(rooms().reads().renew(CallContexts.current(), endpoint).serialize());
    }

    private Rooms rooms() {
        Rooms open = rooms;
        if (open == null) {
            throw new GridException(ErrorCode.UNAVAILABLE, "node is starting");
        }
        return open;
    }

    private static <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException | OutOfMemoryError e) {
            throw Failures.asStatus(e, CallContexts.current());
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}

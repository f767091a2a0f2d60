package io.swarmgrid.client.grid;

import io.grpc.Metadata;
import io.grpc.Status;
import io.swarmgrid.client.net.GridErrors;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;

/** What Flight's exceptions say. */
final class FlightFailure {
    private FlightFailure() {}

    static CallFailure of(Throwable thrown) {
        return thrown instanceof FlightRuntimeException flight
                ? of(flight.status())
                : new CallFailure(GridErrors.of(thrown), CallFailure.Reach.UNCLEAR);
    }

    private static CallFailure of(CallStatus status) {
        Metadata trailers = new Metadata();
        String body = GridErrors.ERROR.originalName();
        if (status.metadata() != null && status.metadata().containsKey(body)) {
            trailers.put(GridErrors.ERROR, status.metadata().getByte(body));
        }
        Status grpc = Status.fromCode(
                switch (status.code()) {
                    case OK, UNKNOWN -> Status.Code.UNKNOWN;
                    case INTERNAL -> Status.Code.INTERNAL;
                    case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
                    case TIMED_OUT -> Status.Code.DEADLINE_EXCEEDED;
                    case NOT_FOUND -> Status.Code.NOT_FOUND;
                    case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
                    case CANCELLED -> Status.Code.CANCELLED;
                    case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
                    case UNAUTHORIZED -> Status.Code.PERMISSION_DENIED;
                    case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
                    case UNAVAILABLE -> Status.Code.UNAVAILABLE;
                    case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
                });
        return CallFailure.of(grpc.withDescription(status.description()).withCause(status.cause()), trailers);
    }
}

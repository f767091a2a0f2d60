package io.swarmgrid.client.grid;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.GridErrors;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, and how far it came.
 *
 * @param error what to tell the caller
 * @param reach how far the request came
 */
public record CallFailure(GridException error, Reach reach) {
    /** How far a request came. */
    public enum Reach {
        /** There was no connection to send it over. */
        NOT_SENT,
        /** A node answered with this error. */
        ANSWERED,
        /** It was sent, or may have been, and no answer came. */
        UNCLEAR
    }

    /** Reads what a call threw: gRPC's exception, Flight's or already ours. */
    public static CallFailure of(Throwable thrown) {
        if (thrown instanceof StatusRuntimeException grpc) {
            return of(grpc.getStatus(), grpc.getTrailers());
        }
        if (thrown instanceof FlightRuntimeException flight) {
            return ofFlight(flight.status());
        }
        if (thrown instanceof GridException known) {
            return rootOf(known) instanceof ConnectException
                    ? new CallFailure(known, Reach.NOT_SENT)
                    : new CallFailure(known, Reach.ANSWERED);
        }
        return new CallFailure(GridErrors.of(thrown), Reach.UNCLEAR);
    }

    private static CallFailure ofFlight(CallStatus status) {
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
        return of(grpc.withDescription(status.description()).withCause(status.cause()), trailers);
    }

    private static CallFailure of(Status status, @Nullable Metadata trailers) {
        GridException error = GridErrors.of(status, trailers);
        if (trailers != null && trailers.containsKey(GridErrors.ERROR)) {
            return new CallFailure(error, Reach.ANSWERED);
        }
        // What no node said, gRPC did: in words that tell little.
        Throwable root = rootOf(status.getCause());
        Reach reach =
                switch (status.getCode()) {
                    case UNAVAILABLE ->
                        root instanceof ConnectException || root instanceof UnknownHostException
                                ? Reach.NOT_SENT
                                : Reach.UNCLEAR;
                    case DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN -> Reach.UNCLEAR;
                    default -> Reach.ANSWERED;
                };
        if (reach == Reach.ANSWERED) {
            return new CallFailure(error, reach);
        }
        return new CallFailure(new GridException(error.code(), plain(error, root), error.getCause()), reach);
    }

    private static String plain(GridException error, @Nullable Throwable root) {
        String text = String.valueOf(error.getMessage());
        if (text.toLowerCase(Locale.ROOT).contains("connection refused")) {
            return "connection refused";
        }
        if (root instanceof UnknownHostException) {
            return "unknown host";
        }
        if (error.code() == ErrorCode.TIMEOUT) {
            return "no answer in time";
        }
        return root == null || root.getMessage() == null ? text : root.getMessage();
    }

    private static @Nullable Throwable rootOf(@Nullable Throwable cause) {
        Throwable root = cause;
        // A cause may lead back to itself; nobody nests deeper than this.
        for (int depth = 0; root != null && root.getCause() != null && depth < 16; depth++) {
            root = root.getCause();
        }
        return root;
    }
}

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
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed, and how far it came.
 *
 * @param error what to tell the caller
 * @param reach how far the request came
 */
public record CallFailure(GridException error, Reach reach) {
    /** Asked by name, since a class path without Flight has none of its classes, and throws none of its exceptions. */
    private static final String FLIGHT = "org.apache.arrow.flight.";

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
        if (thrown.getClass().getName().startsWith(FLIGHT)) {
            return FlightFailure.of(thrown);
        }
        if (thrown instanceof GridException known) {
            return rootOf(known) instanceof ConnectException
                    ? new CallFailure(known, Reach.NOT_SENT)
                    : new CallFailure(known, Reach.ANSWERED);
        }
        return new CallFailure(GridErrors.of(thrown), Reach.UNCLEAR);
    }

    static CallFailure of(Status status, @Nullable Metadata trailers) {
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

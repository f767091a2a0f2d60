package io.swarmgrid.client.net;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.ErrorBody;
import io.swarmgrid.client.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * {@link GridException} as it travels: a gRPC status with the message {@code CODE: what failed (hint)}, and the whole of
 * it as JSON in a trailer; where plain Flight clients have extra info for the status, there as well.
 */
public final class GridErrors {
    public static final Metadata.Key<byte[]> ERROR =
            Metadata.Key.of("x-swarm-error-bin", Metadata.BINARY_BYTE_MARSHALLER);
    /** What Flight's C++ clients show as the extra info of an error. */
    public static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /**
     * What makes Flight's C++ clients look at the other trailers at all: the number of an Arrow status. With it comes the
     * message, which they would otherwise show behind one of their own.
     */
    private static final Metadata.Key<String> ARROW_STATUS =
            Metadata.Key.of("x-arrow-status", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<byte[]> ARROW_MESSAGE =
            Metadata.Key.of("x-arrow-status-message-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** HTTP/2 peers bound all headers together, often to 8 KiB; the JSON travels twice and in base64. */
    private static final int MAX_MESSAGE_CHARS = 1024;

    private GridErrors() {}

    /** Any failure as ours: itself, what a peer sent, or INTERNAL. */
    public static GridException of(Throwable failure) {
        if (failure instanceof GridException grid) {
            return grid;
        }
        if (failure instanceof StatusRuntimeException e) {
            return of(e.getStatus(), e.getTrailers());
        }
        if (failure instanceof StatusException e) {
            return of(e.getStatus(), e.getTrailers());
        }
        Throwable cause = failure.getCause();
        if (cause != null && (failure instanceof ExecutionException || failure instanceof CompletionException)) {
            return of(cause);
        }
        if (failure instanceof OutOfMemoryError) {
            return new GridException(ErrorCode.OVERLOADED, "out of memory: " + failure.getMessage(), failure);
        }
        return new GridException(ErrorCode.INTERNAL, "unexpected " + failure, failure);
    }

    /** What a call ended with: the error its trailers carry or, where a peer sent none, the nearest to the status. */
    public static GridException of(Status status, @Nullable Metadata trailers) {
        byte[] json = trailers == null ? null : trailers.get(ERROR);
        if (json != null) {
            try {
                return of(Json.read(json, ErrorBody.class), status.getCause());
            } catch (GridException unreadable) {
                return new GridException(code(status.getCode()), text(status), unreadable);
            }
        }
        return new GridException(code(status.getCode()), text(status), status.getCause());
    }

    public static GridException of(ErrorBody body, @Nullable Throwable cause) {
        return new GridException(body.code(), body.message(), body.path(), body.hint(), cause);
    }

    public static ErrorBody body(GridException error, @Nullable String requestId, @Nullable String traceId) {
        return new ErrorBody(
                error.code(), error.kind(), shortened(message(error)), path(error), error.hint(), requestId, traceId);
    }

    /** The message that people read: {@code CODE: what failed (hint)}. */
    public static String description(GridException error) {
        String hint = error.hint() == null ? "" : " (" + error.hint() + ")";
        return error.code() + ": " + shortened(message(error)) + hint;
    }

    public static Status status(GridException error) {
        return status(error.code()).withDescription(description(error)).withCause(error);
    }

    public static Metadata trailers(GridException error, @Nullable String requestId, @Nullable String traceId) {
        byte[] json = Json.write(body(error, requestId, traceId));
        Metadata trailers = new Metadata();
        trailers.put(ERROR, json);
        Status.Code status = status(error.code()).getCode();
        if (isOneOfFlights(status)) {
            trailers.put(DETAILS, json);
        }
        trailers.put(ARROW_STATUS, arrowStatus(status));
        trailers.put(ARROW_MESSAGE, description(error).getBytes(StandardCharsets.UTF_8));
        return trailers;
    }

    /** Status and trailers in one, as gRPC handlers throw it. */
    public static StatusRuntimeException asStatusException(
            Throwable failure, @Nullable String requestId, @Nullable String traceId) {
        GridException error = of(failure);
        return new StatusRuntimeException(status(error), trailers(error, requestId, traceId));
    }

    static Status status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT,
                    SCHEMA_MISMATCH,
                    CORRUPT_INPUT,
                    BAD_TICKET,
                    NOT_A_DIRECTORY,
                    IS_A_DIRECTORY,
                    DIRECTORY_NOT_EMPTY,
                    PRECONDITION_FAILED,
                    TICKET_EXPIRED,
                    LEASE_LOST -> Status.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.NOT_FOUND;
            case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
            case UNKNOWN_OPERATION, UNSUPPORTED -> Status.UNIMPLEMENTED;
            case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
            case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
            case CANCELLED -> Status.CANCELLED;
            case OVERLOADED, NO_SPACE, QUOTA_EXCEEDED -> Status.RESOURCE_EXHAUSTED;
            case NO_QUORUM, UNAVAILABLE, CONFLICT -> Status.UNAVAILABLE;
            case TIMEOUT -> Status.DEADLINE_EXCEEDED;
            case UNKNOWN_OUTCOME -> Status.UNKNOWN;
            case CORRUPT_DATA, INTERNAL -> Status.INTERNAL;
        };
    }

    /**
     * Whether Flight's C++ clients have an error of Flight's own for the status, which has room for extra info. For every
     * other they have an error of Arrow's, which has none: sent extra info they would make it an internal error of Flight.
     */
    private static boolean isOneOfFlights(Status.Code status) {
        return switch (status) {
            case CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, PERMISSION_DENIED, UNAUTHENTICATED, UNAVAILABLE, INTERNAL ->
                true;
            default -> false;
        };
    }

    /** The numbers of {@code arrow::StatusCode}. */
    private static String arrowStatus(Status.Code status) {
        return switch (status) {
            case NOT_FOUND -> "2"; // KeyError
            case INVALID_ARGUMENT -> "4"; // Invalid
            case RESOURCE_EXHAUSTED -> "6"; // CapacityError
            case CANCELLED -> "8"; // Cancelled
            case UNKNOWN -> "9"; // UnknownError
            case UNIMPLEMENTED -> "10"; // NotImplemented
            case ALREADY_EXISTS -> "45"; // AlreadyExists
            default -> "5"; // IOError
        };
    }

    private static ErrorCode code(Status.Code code) {
        return switch (code) {
            case OK, INTERNAL, UNKNOWN -> ErrorCode.INTERNAL;
            case CANCELLED -> ErrorCode.CANCELLED;
            case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
            case DEADLINE_EXCEEDED -> ErrorCode.TIMEOUT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case ALREADY_EXISTS -> ErrorCode.ALREADY_EXISTS;
            case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
            case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
            case RESOURCE_EXHAUSTED -> ErrorCode.OVERLOADED;
            case FAILED_PRECONDITION -> ErrorCode.PRECONDITION_FAILED;
            case ABORTED -> ErrorCode.CONFLICT;
            case UNIMPLEMENTED -> ErrorCode.UNKNOWN_OPERATION;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
            case DATA_LOSS -> ErrorCode.CORRUPT_DATA;
        };
    }

    private static String text(Status status) {
        String description = status.getDescription();
        Throwable cause = status.getCause();
        String text = description == null ? status.getCode().name() : description;
        return cause == null || cause.getMessage() == null ? text : text + ": " + cause.getMessage();
    }

    private static String message(GridException error) {
        String message = error.getMessage();
        return message == null ? error.code().name() : message;
    }

    private static @Nullable String path(GridException error) {
        String path = error.path();
        return path == null ? null : shortened(path);
    }

    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS) + "...";
    }
}

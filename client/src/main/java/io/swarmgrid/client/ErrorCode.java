package io.swarmgrid.client;

/** The closed set of errors of the grid, the same on every door. */
public enum ErrorCode {
    INVALID_ARGUMENT(ErrorKind.CALLER),
    NOT_FOUND(ErrorKind.CALLER),
    ALREADY_EXISTS(ErrorKind.CALLER),
    NOT_A_DIRECTORY(ErrorKind.CALLER),
    IS_A_DIRECTORY(ErrorKind.CALLER),
    DIRECTORY_NOT_EMPTY(ErrorKind.CALLER),
    SCHEMA_MISMATCH(ErrorKind.CALLER),
    /** What was sent is not what it claims to be (a damaged Arrow file, a stream that breaks its own schema). */
    CORRUPT_INPUT(ErrorKind.CALLER),
    BAD_TICKET(ErrorKind.CALLER),
    TICKET_EXPIRED(ErrorKind.CALLER),
    UNKNOWN_OPERATION(ErrorKind.CALLER),
    UNAUTHENTICATED(ErrorKind.CALLER),
    PERMISSION_DENIED(ErrorKind.CALLER),
    /** The state the request relies on is no longer so (a version, a lease, an epoch). */
    PRECONDITION_FAILED(ErrorKind.CALLER),
    /** This writer was fenced: its lease expired or another writer took the file. */
    LEASE_LOST(ErrorKind.CALLER),
    /** More than the quota of a directory would be in it: room has to be made there, so trying again does not help. */
    QUOTA_EXCEEDED(ErrorKind.CALLER),
    UNSUPPORTED(ErrorKind.CALLER),
    CANCELLED(ErrorKind.CALLER),
    /** A bound was reached (queue, open writers, slots). */
    OVERLOADED(ErrorKind.RETRY),
    NO_SPACE(ErrorKind.RETRY),
    NO_QUORUM(ErrorKind.RETRY),
    UNAVAILABLE(ErrorKind.RETRY),
    CONFLICT(ErrorKind.RETRY),
    TIMEOUT(ErrorKind.RETRY),
    UNKNOWN_OUTCOME(ErrorKind.UNKNOWN),
    CORRUPT_DATA(ErrorKind.FATAL),
    INTERNAL(ErrorKind.FATAL);

    private final ErrorKind kind;

    ErrorCode(ErrorKind kind) {
        this.kind = kind;
    }

    public ErrorKind kind() {
        return kind;
    }
}

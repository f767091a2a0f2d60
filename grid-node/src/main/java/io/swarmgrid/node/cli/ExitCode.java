package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;

/** What a script sees: the exit status of every command. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NOT_FOUND = 3;
    public static final int EXISTS = 4;
    public static final int DENIED = 5;
    public static final int UNREACHABLE = 6;
    public static final int RETRY = 7;
    public static final int CORRUPT = 8;
    public static final int INTERNAL = 70;
    /** Of {@code swarm node}: started again it comes back. */
    public static final int CUT_OFF = 75;

    /** The table that every help page ends with. */
    static final String[] HELP = {
        "0:done",
        "1:the operation failed",
        "2:the command line or a value in it is wrong",
        "3:not found",
        "4:exists already, is not empty, is more than a quota allows, or is not as the command expects it",
        "5:no valid token, or a grant is missing",
        "6:no node of the grid could be reached",
        "7:not now: retry later (overloaded, no quorum, no space, time-out)",
        "8:data is damaged",
        "70:a fault in the program itself",
        "75:a node was cut off from its grid: start it again"
    };

    private ExitCode() {}

    public static int of(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, UNKNOWN_OPERATION -> USAGE;
            case NOT_FOUND -> NOT_FOUND;
            case ALREADY_EXISTS,
                    DIRECTORY_NOT_EMPTY,
                    SCHEMA_MISMATCH,
                    PRECONDITION_FAILED,
                    LEASE_LOST,
                    QUOTA_EXCEEDED -> EXISTS;
            case UNAUTHENTICATED, PERMISSION_DENIED -> DENIED;
            case UNAVAILABLE -> UNREACHABLE;
            case OVERLOADED, NO_SPACE, NO_QUORUM, CONFLICT, TIMEOUT, UNKNOWN_OUTCOME, TICKET_EXPIRED -> RETRY;
            case CORRUPT_INPUT, CORRUPT_DATA -> CORRUPT;
            case NOT_A_DIRECTORY, IS_A_DIRECTORY, BAD_TICKET, UNSUPPORTED, CANCELLED -> FAILED;
            case INTERNAL -> INTERNAL;
        };
    }
}

package io.swarmgrid.client.grid;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/** Which failures may be over elsewhere, or later: the one rule for all that is tried again, whoever adds to it says why. */
public final class Passing {
    private Passing() {}

    /** Of a call that a node answered. A grid that is full is so for longer than anybody wants to wait for that to be told. */
    public static boolean ofCall(GridException error) {
        return switch (error.kind()) {
            case RETRY -> error.code() != ErrorCode.NO_SPACE;
            case UNKNOWN -> true;
            case CALLER, FATAL -> false;
        };
    }

    /** Of a stream: also where its node has a fault of its own, or has ended it. */
    public static boolean ofStream(GridException error) {
        return ofCall(error) || error.code() == ErrorCode.INTERNAL || error.code() == ErrorCode.CANCELLED;
    }
}

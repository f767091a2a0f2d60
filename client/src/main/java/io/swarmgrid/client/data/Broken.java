package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.CallFailure;
import io.swarmgrid.client.grid.CallFailure.Reach;
import io.swarmgrid.client.grid.Passing;

/** A stream that ended before its end, for a reason that another node may not have. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    final GridException error;

    Broken(GridException error) {
        super(error.getMessage(), error);
        this.error = error;
    }

    /**
     * Reads what a stream ended with.
     *
     * @throws GridException what any other node would answer, too
     */
    static Broken of(Throwable thrown) {
        CallFailure failure = CallFailure.of(thrown);
        GridException error = failure.error();
        // Another node has another copy, and gives another ticket.
        boolean elsewhere = failure.reach() != Reach.ANSWERED
                || Passing.ofStream(error)
                || error.kind() == ErrorKind.FATAL
                || error.code() == ErrorCode.TICKET_EXPIRED;
        if (!elsewhere || Thread.currentThread().isInterrupted()) {
            throw error;
        }
        return new Broken(error);
    }
}

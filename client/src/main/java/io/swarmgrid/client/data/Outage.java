package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Passing;
import java.time.Duration;

/** The time since what is being written could not be written on, and what there is left of it to go on elsewhere. */
final class Outage {
    private final GridClient client;
    private final String path;
    private final GridException first;
    private final long startNanos = System.nanoTime();
    private final Tries tries;

    /**
     * Begins with the first failure.
     *
     * @throws GridException that failure, where the grid would answer so anywhere
     */
    Outage(GridClient client, String path, GridException failure) {
        if (!isLost(failure) && !mayEnd(failure)) {
            throw failure;
        }
        this.client = client;
        this.path = path;
        this.first = failure;
        this.tries = new Tries(client.options().timeout(), 0);
    }

    /** What is left of the client's timeout. */
    Duration left() {
        return tries.left();
    }

    /**
     * The file could not be opened again: waits for a moment.
     *
     * @throws GridException where there is no time left, or the grid would answer so anywhere
     */
    void notOpened(GridException failure) {
        if (isLost(failure)) {
            throw isLost(first) ? first : failure;
        }
        goOnAfter(failure);
    }

    /**
     * The file was opened again, and then that failed, too. A lease that was lost may have been lost to this very writer, of whom another node
     * has only now done what he had asked of it: whose the file is, is said when it is opened once more.
     */
    void brokeOffAgain(GridException failure) {
        if (isLost(failure)) {
            tryAgain(failure);
        } else {
            goOnAfter(failure);
        }
    }

    private void goOnAfter(GridException failure) {
        // Once it is tried elsewhere, a call is cancelled by nobody but the closing of the client.
        if (failure.code() == ErrorCode.CANCELLED || !mayEnd(failure)) {
            throw failure;
        }
        tryAgain(failure);
    }

    private void tryAgain(GridException failure) {
        if (!tries.another()) {
            throw over(failure);
        }
    }

    private GridException over(GridException failure) {
        long tried = (System.nanoTime() - startNanos) / 1_000_000;
        return new GridException(
                failure.code(),
                "cannot go on writing " + path + ", tried for " + tried + " ms at " + client.locations() + ": "
                        + failure.getMessage() + "; it broke off with: " + first.getMessage(),
                path,
                "what was flushed stays; look at the file, and write on at its end",
                failure);
    }

    private static boolean isLost(GridException failure) {
        return failure.code() == ErrorCode.LEASE_LOST && !Thread.currentThread().isInterrupted();
    }

    private static boolean mayEnd(GridException failure) {
        return Passing.ofStream(failure) && !Thread.currentThread().isInterrupted();
    }
}

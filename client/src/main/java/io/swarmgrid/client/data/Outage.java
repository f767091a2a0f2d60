package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import java.time.Duration;

/** The time since what is being written could not be written on, and what there is left of it to go on elsewhere. */
final class Outage {
    private final GridClient client;
    private final String path;
    private final GridException first;
    private final long startNanos = System.nanoTime();
    private int rounds;

    /**
     * Begins with the first failure.
     *
     * @throws GridException that failure, where the grid would answer so anywhere
     */
    Outage(GridClient client, String path, GridException failure) {
        if (!mayEnd(failure)) {
            throw failure;
        }
        this.client = client;
        this.path = path;
        this.first = failure;
    }

    /** What is left of the client's timeout. */
    Duration left() {
        return client.options().timeout().minusNanos(System.nanoTime() - startNanos);
    }

    /**
     * Waits for a moment after another failure.
     *
     * @throws GridException where there is no time left, or the grid would answer so anywhere
     */
    void goOnAfter(GridException failure) {
        boolean lost = failure.code() == ErrorCode.LEASE_LOST;
        if (lost && first.code() == ErrorCode.LEASE_LOST) {
            throw first;
        }
        // Once it is tried elsewhere, a call is cancelled by nobody but the closing of the client.
        if (lost || failure.code() == ErrorCode.CANCELLED || !mayEnd(failure)) {
            throw failure;
        }
        if (left().isNegative() || left().isZero()) {
            throw over(failure);
        }
        GridClient.pause(rounds++);
    }

    private GridException over(GridException failure) {
        long tried = client.options().timeout().toMillis() - left().toMillis();
        return new GridException(
                failure.code(),
                "cannot go on writing " + path + ", tried for " + tried + " ms at " + client.locations() + ": "
                        + failure.getMessage() + "; it broke off with: " + first.getMessage(),
                path,
                "what was flushed stays; look at the file, and write on at its end",
                failure);
    }

    /** Whether another node, or the same one later, may do what one could not. A lease that was lost may have been lost to the grid itself. */
    private static boolean mayEnd(GridException failure) {
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        return switch (failure.kind()) {
            case RETRY -> failure.code() != ErrorCode.NO_SPACE;
            case UNKNOWN -> true;
            case FATAL -> failure.code() == ErrorCode.INTERNAL;
            case CALLER -> failure.code() == ErrorCode.CANCELLED || failure.code() == ErrorCode.LEASE_LOST;
        };
    }
}

package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FilePut;
import java.time.Duration;
import java.util.UUID;

/** The tries of one put, which its id lets happen once, and what is told of them in the end. Confined to one thread. */
final class PutAttempts {
    private static final int MIN_ATTEMPTS = 3;

    private final FilePut put;
    private final Tries tries;
    /** How far the furthest of them came. */
    private long furthestBytes = -1;
    /** The answer to an earlier try was lost: until the put succeeds nobody can say that nothing was stored. */
    private boolean mayBeStored;

    /** @param patience how long it is tried again after the first time, also where a try ends at once */
    PutAttempts(FilePut put, Duration patience) {
        this(put, new Tries(patience, MIN_ATTEMPTS));
    }

    PutAttempts(FilePut put, Tries tries) {
        this.put = put;
        this.tries = tries;
    }

    /** The same put with an id, if it had none. */
    static FilePut named(FilePut put) {
        return put.putId() != null
                ? put
                : new FilePut(
                        put.path(), put.overwrite(), UUID.randomUUID().toString(), put.replicas(), put.durability());
    }

    /**
     * A try broke off: waits for a moment, and returns if there is to be another.
     *
     * @param repeatable whether its bytes can be had again
     * @throws GridException what became of the put, if this was the last try
     */
    void brokeOff(Broken broken, boolean repeatable, long sentBytes) {
        mayBeStored |= broken.error.code() == ErrorCode.UNKNOWN_OUTCOME;
        if (sentBytes > furthestBytes) {
            furthestBytes = sentBytes;
            tries.afresh();
        }
        if (!repeatable || !tries.another()) {
            throw mayBeStored ? unknown(broken.error) : nothingStored(broken.error, sentBytes);
        }
    }

    /** What to tell where the grid refused a try. */
    GridException refused(GridException error) {
        return mayBeStored || error.code() == ErrorCode.UNKNOWN_OUTCOME ? unknown(error) : error;
    }

    private GridException unknown(GridException error) {
        return new GridException(
                ErrorCode.UNKNOWN_OUTCOME,
                "may have been stored: " + put.path() + ": " + error.getMessage(),
                put.path(),
                "look whether it is there, or put it again with put_id " + put.putId(),
                error);
    }

    private GridException nothingStored(GridException error, long sentBytes) {
        return new GridException(
                error.code(),
                "nothing was stored, the put broke off after " + sentBytes + " bytes: " + error.getMessage(),
                put.path(),
                error.hint(),
                error);
    }
}

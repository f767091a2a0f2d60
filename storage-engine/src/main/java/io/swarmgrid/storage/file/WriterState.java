package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.util.Locale;

/** How far a writer is, and whether it is good for more. Confined to the writer's thread. */
final class WriterState {
    private final GridPath target;
    private State state = State.OPEN;

    enum State {
        OPEN,
        COMMITTED,
        FAILED,
        /**
         * The metadata was asked to commit, and did not say that it has: it may be visible, so no copy of it may be deleted. The
         * metadata knows, and takes back what was never committed.
         */
        UNKNOWN,
        CLOSED
    }

    WriterState(GridPath target) {
        this.target = target;
    }

    State now() {
        return state;
    }

    /** Returns what it was until now. */
    State become(State next) {
        State before = state;
        state = next;
        return before;
    }

    /** Does something after which, where it fails, the writer is good for nothing more. */
    void attempt(Runnable work) {
        requireOpen();
        boolean good = false;
        try {
            work.run();
            good = true;
        } finally {
            if (!good) {
                state = State.FAILED;
            }
        }
    }

    void requireOpen() {
        if (state != State.OPEN) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the writer of " + target + " is no longer open: "
                            + state.name().toLowerCase(Locale.ROOT));
        }
    }
}

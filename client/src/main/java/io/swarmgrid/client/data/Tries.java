package io.swarmgrid.client.data;

import io.swarmgrid.client.grid.GridClient;
import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * How often, and for how long, something is tried again that broke off: a number of times, with longer and longer pauses, as long as there
 * is time. Whoever comes further than before has all of it again. Confined to one thread.
 */
final class Tries {
    /** Each sends again what was sent, or takes a file over again. */
    static final int AT_MOST = 16;

    private final Duration patience;
    private final int atLeast;
    private final IntConsumer pause;
    private int failed;
    private long sinceNanos = System.nanoTime();

    /** @param atLeast so many are made also where a single one takes all the time */
    Tries(Duration patience, int atLeast) {
        this(patience, atLeast, failed -> GridClient.pause(failed, patience, AT_MOST));
    }

    /** @param pause is told how many have failed */
    Tries(Duration patience, int atLeast, IntConsumer pause) {
        this.patience = patience;
        this.atLeast = atLeast;
        this.pause = pause;
    }

    /** What broke off now is another thing than before. */
    void afresh() {
        failed = 0;
        sinceNanos = System.nanoTime();
    }

    Duration left() {
        return patience.minusNanos(System.nanoTime() - sinceNanos);
    }

    /** Counts one that failed; waits, and returns whether there is to be another. */
    boolean another() {
        failed++;
        boolean inTime = left().compareTo(Duration.ZERO) > 0;
        if (failed >= AT_MOST || (failed >= atLeast && !inTime)) {
            return false;
        }
        pause.accept(failed);
        return true;
    }
}

package io.swarmgrid.it.chaos;

import java.util.concurrent.atomic.AtomicInteger;

/** Directories that come one after the other: all writers write into the latest, until it is removed, and a little longer. */
final class DoomedTrees {
    private final AtomicInteger number = new AtomicInteger();

    String latest() {
        return Paths.DOOMED + "/t" + number.get();
    }

    /** From now on there is another one. */
    void next() {
        number.incrementAndGet();
    }
}

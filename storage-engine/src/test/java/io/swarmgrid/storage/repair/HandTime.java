package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.membership.PaceTime;
import java.util.concurrent.atomic.AtomicLong;

/** A time that passes only by being waited for, and at once. Thread-safe. */
final class HandTime implements PaceTime {
    private static final long BEGIN = 5;

    private final AtomicLong nanos = new AtomicLong(BEGIN);

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public void pass(long waited) {
        nanos.addAndGet(waited);
    }

    long passedNanos() {
        return nanos.get() - BEGIN;
    }
}

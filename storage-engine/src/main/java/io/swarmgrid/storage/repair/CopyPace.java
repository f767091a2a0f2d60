package io.swarmgrid.storage.repair;

import io.swarmgrid.config.DataSize;
import io.swarmgrid.storage.membership.PaceTime;
import java.util.Optional;

/**
 * Keeps repair below {@code repair.rate-limit}: a block is begun only when those before it have been paid for in time, so
 * the limit holds on the average over blocks. Within one, the transfer scheduler has the say. Thread-safe.
 */
final class CopyPace {
    private static final double NANOS = 1e9;

    private final Optional<DataSize> bytesPerSecond;
    private final PaceTime time;
    private long freeAtNanos;

    CopyPace(Optional<DataSize> bytesPerSecond, PaceTime time) {
        this.bytesPerSecond = bytesPerSecond;
        this.time = time;
        this.freeAtNanos = time.nanos();
    }

    /** Waits for the turn of a block of this size. */
    void await(long sizeBytes) throws InterruptedException {
        long waitNanos = reserve(sizeBytes);
        if (waitNanos > 0) {
            time.pass(waitNanos);
        }
    }

    /** How long this block has to wait; those after it wait for it, too. */
    synchronized long reserve(long sizeBytes) {
        if (bytesPerSecond.isEmpty()) {
            return 0;
        }
        long now = time.nanos();
        long start = Math.max(now, freeAtNanos);
        freeAtNanos = start + (long) (sizeBytes * NANOS / bytesPerSecond.get().bytes());
        return start - now;
    }
}

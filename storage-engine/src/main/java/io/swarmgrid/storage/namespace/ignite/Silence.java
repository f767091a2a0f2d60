package io.swarmgrid.storage.namespace.ignite;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/*
 * Silence counts only as far as this node has listened: one that becomes the keeper of a file starts to count then, and one
 * that was held up itself (no quorum, a long pause) starts anew, since the writers may have been held up with it. Either only
 * makes a lease end later.
 */
/** For how long leases have not been renewed, as this node has seen it by its own clock. Confined to one thread at a time. */
final class Silence {
    private final Duration leaseDuration;
    private final Duration pause;
    private final LongSupplier nanoTime;
    /** By file. As many as there are open files in the grid, at most, which each node bounds. */
    private final Map<Long, Heard> heard = new HashMap<>();

    private long round;
    private long lastRoundNanos;

    private record Heard(long epoch, long beats, long sinceNanos, long round) {}

    /** @param pause how long it is between two rounds, at most, where all goes well */
    Silence(Duration leaseDuration, Duration pause, LongSupplier nanoTime) {
        this.leaseDuration = leaseDuration;
        this.pause = pause;
        this.nanoTime = nanoTime;
        this.lastRoundNanos = nanoTime.getAsLong();
    }

    void beginRound() {
        if (nanoTime.getAsLong() - lastRoundNanos > pause.plus(leaseDuration).toNanos()) {
            heard.clear();
        }
        round++;
    }

    /** @param whole whether every open file was looked at: those that were not are none any more */
    void endRound(boolean whole) {
        if (whole) {
            heard.values().removeIf(each -> each.round != round);
        }
        lastRoundNanos = nanoTime.getAsLong();
    }

    /** Whether a lease has ended: for its whole duration its counter has not moved. */
    boolean isOver(long fileId, Lease lease, long beats) {
        long now = nanoTime.getAsLong();
        Heard before = heard.get(fileId);
        if (before == null || before.epoch != lease.epoch() || before.beats != beats) {
            heard.put(fileId, new Heard(lease.epoch(), beats, now, round));
            return false;
        }
        heard.put(fileId, new Heard(before.epoch, before.beats, before.sinceNanos, round));
        return now - before.sinceNanos >= leaseDuration.toNanos();
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.membership.PaceTime;
import java.util.function.Supplier;

/*
 * In time, not in bytes a second: what a row costs depends on whether its page lies in memory, and time is what others have to wait
 * for, be it the processor or the disk.
 */
/** Keeps long work beside that of others to a part of the time: it rests after each piece, in proportion. Confined to one thread. */
final class Pace {
    /** So many times as long as the piece took: at work a quarter of the time. */
    static final int RESTS = 3;

    private final PaceTime time;

    Pace(PaceTime time) {
        this.time = time;
    }

    /** Does a piece, and rests. */
    <T> T rested(Supplier<T> piece) throws InterruptedException {
        long began = time.nanos();
        T done = piece.get();
        time.pass(RESTS * (time.nanos() - began));
        return done;
    }
}

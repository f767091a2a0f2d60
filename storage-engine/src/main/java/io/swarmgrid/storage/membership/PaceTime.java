package io.swarmgrid.storage.membership;

import java.util.concurrent.TimeUnit;

/** The time that work goes by which keeps to a pace: of this machine alone, and whatever its clock says. Thread-safe. */
public interface PaceTime {
    /** That of this machine. */
    PaceTime SYSTEM = new PaceTime() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pass(long nanos) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    };

    long nanos();

    /** Returns when so much has passed. */
    void pass(long nanos) throws InterruptedException;
}

package io.swarmgrid.storage.repair;

import java.util.concurrent.TimeUnit;

/** The time that a {@link CopyPace} goes by. */
interface PaceTime {
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

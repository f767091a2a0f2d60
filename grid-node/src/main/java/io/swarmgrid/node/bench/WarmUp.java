package io.swarmgrid.node.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Does the work that is to be measured before it is, until it no longer gets faster: processes that have run for a day are what
 * counts, not those whose code is just being compiled.
 */
final class WarmUp {
    private static final double FASTER = 0.93;
    private static final int ENOUGH = 2;
    private static final int MAX_TIMES = 25;
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(120);

    private WarmUp() {}

    /** The work of one round, without its figures. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Ends when the work was not faster than ever before twice in a row, or after two minutes. */
    static void by(Work work) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        long fastest = Long.MAX_VALUE;
        int notFaster = 0;
        for (int i = 0; i < MAX_TIMES && notFaster < ENOUGH && System.nanoTime() - begun < MAX_NANOS; i++) {
            long start = System.nanoTime();
            work.run();
            long took = System.nanoTime() - start;
            notFaster = took < fastest * FASTER ? 0 : notFaster + 1;
            fastest = Math.min(fastest, took);
        }
    }
}

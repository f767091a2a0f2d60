package io.swarmgrid.node;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that starts in a grid of which too few nodes are up waits for them, however long that takes: they may be started next week.
 * Confined to the thread that starts the node.
 */
final class GridWait {
    private static final Logger log = LoggerFactory.getLogger(GridWait.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration TOLD_EVERY = Duration.ofSeconds(30);

    /** What is said of a grid whose nodes are missing, or come and go at this moment. */
    private static final Set<ErrorCode> PASSING = EnumSet.of(
            ErrorCode.UNAVAILABLE,
            ErrorCode.NO_QUORUM,
            ErrorCode.TIMEOUT,
            ErrorCode.CONFLICT,
            ErrorCode.UNKNOWN_OUTCOME);

    private final String node;
    private final Readiness readiness;
    private final BooleanSupplier over;
    private long toldNanos = System.nanoTime() - TOLD_EVERY.toNanos();

    /** @param over whether this node has to end, so that there is nothing to wait for */
    GridWait(String node, Readiness readiness, BooleanSupplier over) {
        this.node = node;
        this.readiness = readiness;
        this.over = over;
    }

    /** Something that the grid may refuse now, and that may be done again. */
    @FunctionalInterface
    interface Step {
        void run() throws InterruptedException;
    }

    /** Returns once it is done. */
    void until(Step step) throws InterruptedException {
        while (true) {
            try {
                step.run();
                return;
            } catch (GridException e) {
                if (!PASSING.contains(e.code()) || over.getAsBoolean()) {
                    throw e;
                }
                tell(e);
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private void tell(GridException lacking) {
        readiness.waitsFor(String.valueOf(lacking.getMessage()));
        long now = System.nanoTime();
        if (now - toldNanos >= TOLD_EVERY.toNanos()) {
            toldNanos = now;
            log.warn("waiting for the grid: node={} problem={}", node, lacking.getMessage());
        }
    }
}

package io.swarmgrid.client.grid;

import java.util.concurrent.atomic.AtomicLong;

/** How much all writers of a client keep together to be sent again where a node is lost. Thread-safe. */
public final class ResendBudget {
    private final AtomicLong left;

    ResendBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes so much, if there is so much left; who got it gives it back. */
    public boolean take(long bytes) {
        long before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return true;
            }
            before = left.get();
        }
        return false;
    }

    public void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    public long leftBytes() {
        return left.get();
    }
}

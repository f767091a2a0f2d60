package io.swarmgrid.node.auth;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.Grant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the calls that a node serves at once, and so the threads that serve them. The grid's own nodes have a bound of
 * their own, of the same size: clients cannot keep them from replicating. Thread-safe.
 */
final class Admission {
    private final int bound;
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger nodes = new AtomicInteger();

    Admission(int bound) {
        this.bound = bound;
    }

    /** @throws GridException OVERLOADED past the bound */
    Runnable enter(Caller caller) {
        AtomicInteger open = caller.grants().contains(Grant.NODE) ? nodes : clients;
        if (open.incrementAndGet() > bound) {
            open.decrementAndGet();
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "overloaded: " + bound + " calls are open, the bound (limits.max-streams)",
                    null,
                    "back off for a second and retry",
                    null);
        }
        AtomicBoolean inside = new AtomicBoolean(true);
        return () -> {
            if (inside.compareAndSet(true, false)) {
                open.decrementAndGet();
            }
        };
    }

    int open() {
        return clients.get() + nodes.get();
    }
}

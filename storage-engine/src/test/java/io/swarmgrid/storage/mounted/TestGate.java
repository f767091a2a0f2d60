package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counts what is being changed, and can be shut. */
final class TestGate implements Gate {
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean shut;

    @Override
    public <T> T change(Supplier<T> change) {
        inside.incrementAndGet();
        try {
            if (shut) {
                throw new GridException(ErrorCode.PRECONDITION_FAILED, "nothing is changed now");
            }
            return change.get();
        } finally {
            inside.decrementAndGet();
        }
    }

    int inside() {
        return inside.get();
    }

    void shut() {
        shut = true;
    }
}

package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.GridException;
import java.util.function.Supplier;

/** Lets changes in while the grid takes any, and knows of those that have not ended. */
public interface Gate {
    /**
     * Carries a change out, on the thread that calls: also one that nobody waits for any more counts until it has ended.
     *
     * @throws GridException PRECONDITION_FAILED while nothing is to be changed
     */
    <T> T change(Supplier<T> change);
}

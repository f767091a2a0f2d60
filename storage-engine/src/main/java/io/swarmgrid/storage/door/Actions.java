package io.swarmgrid.storage.door;

import io.swarmgrid.client.call.CallContext;

/** Answers the actions of the grid, at whichever door they are asked. Thread-safe. */
@FunctionalInterface
public interface Actions {
    /**
     * Does an action.
     *
     * @param json its request; empty is an empty object
     * @return the JSON of its one answer
     * @throws io.swarmgrid.client.GridException what the caller is told
     */
    byte[] answer(CallContext context, String action, byte[] json);
}

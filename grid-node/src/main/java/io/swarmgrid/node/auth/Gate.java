package io.swarmgrid.node.auth;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/** Closed while the node starts and once it stops: until it is opened every call is told to come back. Thread-safe. */
public final class Gate {
    private volatile State state = State.STARTING;

    private enum State {
        STARTING,
        OPEN,
        STOPPING
    }

    public void open() {
        state = State.OPEN;
    }

    public void stop() {
        state = State.STOPPING;
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** @throws GridException UNAVAILABLE unless the node takes calls */
    public void require() {
        switch (state) {
            case OPEN -> {}
            case STARTING -> throw unavailable("node is starting");
            case STOPPING -> throw unavailable("node is stopping");
        }
    }

    private static GridException unavailable(String message) {
        return new GridException(
                ErrorCode.UNAVAILABLE, message, null, "retry in a moment, or ask another node of the grid", null);
    }
}

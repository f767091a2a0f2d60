package io.swarmgrid.storage.replica;

import io.swarmgrid.client.GridException;

/** A node of a chain can no longer be written to, in this call or at all; the rest may go on without it. */
public final class LostReplicaException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String node;
    private final GridException error;

    public LostReplicaException(String node, GridException error) {
        super("node=" + node + ": " + error.getMessage(), error);
        this.node = node;
        this.error = error;
    }

    public String node() {
        return node;
    }

    public GridException error() {
        return error;
    }
}

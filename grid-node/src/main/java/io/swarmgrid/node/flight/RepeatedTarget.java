package io.swarmgrid.node.flight;

import io.swarmgrid.client.wire.PutResult;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A put that was committed already: takes the bytes again, drops them, and answers what was answered then. */
final class RepeatedTarget implements PutTarget {
    private final PutResult result;

    RepeatedTarget(PutResult result) {
        this.result = result;
    }

    @Override
    public void write(VectorSchemaRoot root) {
        // Read to its end all the same: a stream that is refused half-way looks like a failure to the client.
    }

    @Override
    public PutResult commit() {
        return result;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}

package io.swarmgrid.node.flight;

import io.swarmgrid.client.wire.PutResult;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Takes the batches of one DoPut; nothing is visible before {@link #commit}. Confined to one thread. */
interface PutTarget extends AutoCloseable {
    /** Takes the rows of the root, which the caller may change when this returns. */
    void write(VectorSchemaRoot root);

    PutResult commit();

    /** Gives up, unless committed. Idempotent. */
    @Override
    void close();
}

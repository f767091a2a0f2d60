package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.wire.PutResult;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes one stream of record batches into a dataset; nobody sees a row before {@link #commit}. Confined to one thread at a
 * time.
 */
public interface DatasetWriter extends AutoCloseable {
    /**
     * Takes the rows that the root holds now, in order. The root, its buffers and the dictionaries stay the caller's and
     * may be changed when this returns.
     *
     * @throws io.swarmgrid.client.GridException CORRUPT_INPUT where lengths, offsets and buffers do not fit together,
     *     SCHEMA_MISMATCH where the root has another schema than the put, and whatever the writing of a file throws
     */
    void write(VectorSchemaRoot root);

    /**
     * Makes everything visible in one step; within a session, part of the session.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, SCHEMA_MISMATCH (append), CONFLICT, UNKNOWN_OUTCOME: retry
     *     with the same put id
     */
    PutResult commit();

    /** Gives up, unless committed: nothing becomes visible and the space is given back. Idempotent. */
    @Override
    void close();
}

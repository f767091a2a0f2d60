package io.swarmgrid.node.flight;

import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.storage.dataset.DatasetWriter;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows for a dataset. */
final class RowTarget implements PutTarget {
    private final DatasetWriter writer;

    RowTarget(DatasetWriter writer) {
        this.writer = writer;
    }

    @Override
    public void write(VectorSchemaRoot root) {
        writer.write(root);
    }

    @Override
    public PutResult commit() {
        return writer.commit();
    }

    @Override
    public void close() {
        writer.close();
    }
}

package io.swarmgrid.node.flight;

import io.swarmgrid.storage.dataset.PartitionReader;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** The record batches of a partition file. */
final class RowSource implements BatchSource {
    private final PartitionReader reader;

    RowSource(PartitionReader reader) {
        this.reader = reader;
    }

    @Override
    public VectorSchemaRoot root() {
        return reader.root();
    }

    @Override
    public DictionaryProvider dictionaries() {
        return reader.dictionaries();
    }

    @Override
    public boolean next() {
        return reader.next();
    }

    @Override
    public long batchBytes() {
        long bytes = 0;
        for (FieldVector vector : reader.root().getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        return bytes;
    }

    @Override
    public void close() {
        reader.close();
    }
}

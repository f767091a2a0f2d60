package io.swarmgrid.node.flight;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** Where the batches of a DoGet come from. Confined to one thread at a time. */
interface BatchSource extends AutoCloseable {
    /** The one root that {@link #next} fills; buffers that were sent are not written to again. */
    VectorSchemaRoot root();

    DictionaryProvider dictionaries();

    /** Loads the next batch; false after the last. */
    boolean next();

    /** Bytes of the batch that is loaded. */
    long batchBytes();

    @Override
    void close();
}

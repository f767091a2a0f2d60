package io.swarmgrid.storage.dataset;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * Reads the record batches of one partition. Confined to one thread at a time.
 *
 * <p>The batches are the file's own bytes, checked and not copied (unless the file is compressed). Whoever keeps buffers of
 * {@link #root} beyond the next call retains them (as a {@code VectorUnloader} does): their memory goes back to its pool when
 * the last reference is released, which may be after {@link #close}.
 */
public interface PartitionReader extends AutoCloseable {
    /** The one root, filled anew by every {@link #next}; it belongs to the reader. */
    VectorSchemaRoot root();

    /** The dictionaries of the file, loaded before the first batch; they belong to the reader. */
    DictionaryProvider dictionaries();

    /**
     * Loads the next batch. A message of it stays below {@code limits.message-size} but for a single row that is larger.
     *
     * @return false after the last
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA where the file is no sound Arrow file, and whatever the reading
     *     of a file throws
     */
    boolean next();

    @Override
    void close();
}

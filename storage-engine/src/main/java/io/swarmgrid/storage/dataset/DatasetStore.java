package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.DatasetInfo;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.staging.Staging;
import java.io.OutputStream;
import java.util.Iterator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/** Datasets: puts, sessions, and reads of record batches. Thread-safe. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // the doors compile against it while it is filled
public final class DatasetStore {
    private final Files files;
    private final FileStore store;
    private final Staging staging;
    private final StorageConfig storage;
    private final LimitsConfig limits;
    private final BufferAllocator allocator;

    /** @param allocator stays the caller's, who closes it after the last buffer of the last reader was released */
    public DatasetStore(
            Files files,
            FileStore store,
            Staging staging,
            StorageConfig storage,
            LimitsConfig limits,
            BufferAllocator allocator) {
        this.files = files;
        this.store = store;
        this.staging = staging;
        this.storage = storage;
        this.limits = limits;
        this.allocator = allocator;
    }

    /**
     * Begins a put. The caller closes the writer.
     *
     * @param schema as the roots to come have it (a dictionary-encoded field has the type of its indices)
     * @param dictionaries holds the dictionaries whenever a batch is written; they may change from batch to batch
     * @throws io.swarmgrid.client.GridException INVALID_ARGUMENT, ALREADY_EXISTS, SCHEMA_MISMATCH, NOT_FOUND (the session)
     */
    public DatasetWriter put(CallContext context, DatasetPut put, Schema schema, DictionaryProvider dictionaries) {
        throw new UnsupportedOperationException();
    }

    /** Begins a put by several writers. */
    public SessionInfo begin(CallContext context, DatasetPut put) {
        throw new UnsupportedOperationException();
    }

    /**
     * Begins to put one partition file of a session under a number of the caller's own: everything written goes into this
     * one file, the files of the dataset are in order of their numbers, and a part that is committed again replaces the one
     * before it. So a split of a task that runs again leaves one answer. The caller closes the writer.
     *
     * @param part 0 to 99,999
     * @throws io.swarmgrid.client.GridException as {@link #put}
     */
    public DatasetWriter putPart(
            CallContext context, String session, int part, Schema schema, DictionaryProvider dictionaries) {
        throw new UnsupportedOperationException();
    }

    /** Says that a session is still in use, while nothing is written into it. NOT_FOUND. */
    public void touch(String session) {
        throw new UnsupportedOperationException();
    }

    /** Makes what was put into the session visible; a retry within the hour answers what the first commit answered. */
    public PutResult commit(CallContext context, String session) {
        throw new UnsupportedOperationException();
    }

    /** @return false where there was nothing left to abort */
    public boolean abort(String session) {
        return staging.abort(session);
    }

    /** NOT_FOUND, also where the path is no dataset. */
    public DatasetInfo info(CallContext context, GridPath path) {
        throw new UnsupportedOperationException();
    }

    /** The schema as it goes over the wire (a dictionary-encoded field has the type of its values). */
    public Schema schema(CallContext context, GridPath path) {
        throw new UnsupportedOperationException();
    }

    /** The datasets at and below a path, in order, at most {@code limit}; found as the iterator is moved on. */
    public Iterator<FileStatus> below(GridPath path, int limit) {
        throw new UnsupportedOperationException();
    }

    /** @throws io.swarmgrid.client.GridException NOT_FOUND, INVALID_ARGUMENT (an unknown column, a bad range of rows) */
    public DatasetPlan plan(CallContext context, DatasetRead read) {
        throw new UnsupportedOperationException();
    }

    /** The caller closes the reader. */
    public PartitionReader open(CallContext context, PartitionRead read) {
        throw new UnsupportedOperationException();
    }

    /** Writes a partition as an Arrow IPC stream, and flushes; the stream stays the caller's to close. */
    public void writeStream(CallContext context, PartitionRead read, OutputStream out) {
        throw new UnsupportedOperationException();
    }
}

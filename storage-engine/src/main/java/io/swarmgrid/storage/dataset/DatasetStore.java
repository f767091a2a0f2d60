package io.swarmgrid.storage.dataset;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
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
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.parquet.ParquetFiles;
import io.swarmgrid.storage.staging.Staging;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.time.Clock;
import java.util.Iterator;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Schema;

/** Datasets: puts, sessions, and reads of record batches. Thread-safe. */
public final class DatasetStore {
    private final Files files;
    private final FileStore store;
    private final StorageConfig storage;
    private final LimitsConfig limits;
    private final BufferAllocator allocator;
    private final Indexes indexes;
    private final ParquetFiles decoder;
    private final ParquetTables parquet;
    private final Catalog catalog;
    private final Puts puts;
    private final Staging staging;

    /**
     * @param allocator stays the caller's, who closes it after the last buffer of the last reader was released
     * @param decoder stays the caller's, who closes it after the last reader
     */
    public DatasetStore(
            Files files,
            FileStore store,
            Staging staging,
            StorageConfig storage,
            LimitsConfig limits,
            BufferAllocator allocator,
            ParquetFiles decoder) {
        this(
                new PartitionFiles.Stores(files, store, DatasetStore::suffix),
                staging,
                storage,
                limits,
                allocator,
                decoder);
    }

    DatasetStore(
            PartitionFiles.Stores stores,
            Staging staging,
            StorageConfig storage,
            LimitsConfig limits,
            BufferAllocator allocator,
            ParquetFiles decoder) {
        this.files = stores.files();
        this.store = stores.store();
        this.staging = staging;
        this.storage = storage;
        this.limits = limits;
        this.allocator = allocator;
        this.indexes = new Indexes(store);
        this.decoder = decoder;
        this.parquet = new ParquetTables(files, store, decoder);
        this.catalog = new Catalog(files, indexes, parquet);
        this.puts = new Puts(stores, staging, limits, allocator, catalog, Clock.systemUTC());
    }

    private static String suffix() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    /**
     * Begins a put. The caller closes the writer.
     *
     * @param schema as the roots to come have it (a dictionary-encoded field has the type of its indices)
     * @param dictionaries holds the dictionaries whenever a batch is written. They may change from batch to batch by getting
     *     other buffers (as a reader of a stream gives them), not by changes within a buffer; the writer keeps references to
     *     the buffers until it is closed
     * @throws GridException INVALID_ARGUMENT, ALREADY_EXISTS, SCHEMA_MISMATCH, NOT_FOUND (the session)
     */
    public DatasetWriter put(CallContext context, DatasetPut put, Schema schema, DictionaryProvider dictionaries) {
        return puts.put(context, put, schema, dictionaries);
    }

    /** Begins a put by several writers. */
    public SessionInfo begin(CallContext context, DatasetPut put) {
        return puts.begin(context, put);
    }

    /**
     * Begins to put one partition file of a session under a number of the caller's own: everything written goes into this
     * one file (and another one whenever a dictionary is replaced), the files of the dataset are in order of their numbers,
     * and a part that is committed again replaces the one before it. So a split of a task that runs again leaves one answer.
     * The caller closes the writer.
     *
     * @param part 0 to 99,999
     * @throws GridException as {@link #put}
     */
    public DatasetWriter putPart(
            CallContext context, String session, int part, Schema schema, DictionaryProvider dictionaries) {
        return puts.putPart(context, session, part, schema, dictionaries);
    }

    /** Says that a session is still in use, while nothing is written into it. NOT_FOUND. */
    public void touch(String session) {
        puts.touch(session);
    }

    /** Makes what was put into the session visible; a retry within the hour answers what the first commit answered. */
    public PutResult commit(CallContext context, String session) {
        return puts.commit(context, session);
    }

    /** @return false where there was nothing left to abort */
    public boolean abort(String session) {
        return staging.abort(session);
    }

    /** NOT_FOUND, also where the path is no dataset. */
    public DatasetInfo info(CallContext context, GridPath path) {
        return catalog.info(context, path);
    }

    /** The schema as it goes over the wire (a dictionary-encoded field has the type of its values). */
    public Schema schema(CallContext context, GridPath path) {
        return catalog.schema(context, path);
    }

    /** The datasets at and below a path, in order, at most {@code limit}; found as the iterator is moved on. */
    public Iterator<FileStatus> below(GridPath path, int limit) {
        return new DatasetsBelow(files, parquet, path, limit);
    }

    /** Whether an entry of the namespace can be read as rows: a dataset, or a directory of Parquet files and nothing else. */
    public boolean isDataset(FileStatus status) {
        return catalog.isDataset(status);
    }

    /** @throws GridException NOT_FOUND, INVALID_ARGUMENT (an unknown column, a bad range of rows) */
    public DatasetPlan plan(CallContext context, DatasetRead read) {
        return catalog.plan(context, read);
    }

    /**
     * Opens a partition, whose file is the version that was planned. The caller closes the reader.
     *
     * @throws GridException NOT_FOUND where the file is reclaimed, PRECONDITION_FAILED where its content has changed
     */
    public PartitionReader open(CallContext context, PartitionRead read) {
        FileReader file = openFile(context, read);
        if (read.format() == PartitionFormat.PARQUET) {
            return ParquetPartitionReader.open(file, decoder, read, limits, allocator);
        }
        try {
            FilePartitionReader reader = new FilePartitionReader(file, indexes.of(file), read, limits, allocator);
            reader.begin();
            return reader;
        } catch (GridException e) {
            file.close();
            throw e;
        } catch (RuntimeException e) {
            file.close();
            throw FileIndex.corrupt(file, "its schema is none: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a partition as an Arrow IPC stream, and flushes; the stream stays the caller's to close. A whole partition goes
     * out as it is stored, compressed if it is.
     *
     * @throws IOException from the stream
     */
    public void writeStream(CallContext context, PartitionRead read, OutputStream out) throws IOException {
        if (!copied(context, read, out)) {
            try (PartitionReader reader = open(context, read);
                    ArrowStreamWriter writer = new ArrowStreamWriter(
                            reader.root(), reader.dictionaries(), Channels.newChannel(new Kept(out)))) {
                writer.start();
                while (reader.next()) {
                    writer.writeBatch();
                }
                writer.end();
            }
        }
        out.flush();
    }

    /** Between the magic and the footer a file of ours is a stream already. */
    private boolean copied(CallContext context, PartitionRead read, OutputStream out) throws IOException {
        if (read.format() != PartitionFormat.ARROW) {
            return false;
        }
        try (FileReader file = openFile(context, read)) {
            FileIndex index = indexes.of(file);
            if (!index.streamable()
                    || read.columns() != null
                    || read.firstRow() != 0
                    || read.rowCount() != index.rows()) {
                return false;
            }
            int chunk = Math.toIntExact(storage.chunkSize().bytes());
            for (long at = ArrowFileWriting.FIRST_MESSAGE; at < index.messagesEnd(); at += chunk) {
                ByteBuf bytes = file.read(at, (int) Math.min(chunk, index.messagesEnd() - at));
                try {
                    bytes.readBytes(out, bytes.readableBytes());
                } finally {
                    bytes.release();
                }
            }
            return true;
        }
    }

    private FileReader openFile(CallContext context, PartitionRead read) {
        FileReader file = store.open(context, read.fileId());
        long version = file.layout().status().version();
        if (version != read.version()) {
            file.close();
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the partition has changed: name=" + read.name() + ", version=" + version + ", planned="
                            + read.version());
        }
        return file;
    }
}

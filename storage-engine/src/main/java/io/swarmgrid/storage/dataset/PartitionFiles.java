package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.BlockSpread;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.PutOptions;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Makes the partition files of one put, one after the other, in a directory. Confined to one thread. */
final class PartitionFiles {
    private static final int MAX_FILES = 100_000;

    private final Files files;
    private final FileStore store;
    private final CallContext context;
    private final GridPath directory;
    private final PutSpec spec;
    private final Schema schema;
    private final IntFunction<String> names;
    private final BufferAllocator allocator;
    private int opened;
    private long rows;
    private long sizeBytes;

    /** @param names of the files, from the one with number 0 on */
    PartitionFiles(
            Stores stores,
            CallContext context,
            GridPath directory,
            PutSpec spec,
            Schema schema,
            IntFunction<String> names,
            BufferAllocator allocator) {
        this.files = stores.files();
        this.store = stores.store();
        this.context = context;
        this.directory = directory;
        this.spec = spec;
        this.schema = schema;
        this.names = names;
        this.allocator = allocator;
    }

    /** Where files are kept, and how partition files are told apart that two writers give the same number. */
    record Stores(Files files, FileStore store, Supplier<String> suffixes) {}

    /** A file that is being written. */
    record Open(GridPath path, ArrowFileWriting writing) {}

    /** Begins the next file. */
    Open open(Map<String, String> attributes) {
        if (opened == MAX_FILES) {
            throw GridException.invalid("a put of more than " + MAX_FILES + " partition files: path=" + spec.path()
                    + ", partition_rows=" + spec.partitionRows());
        }
        GridPath path = directory.child(names.apply(opened++));
        PutOptions options = PutOptions.create(context.caller().name())
                .replicas(spec.replicas())
                .placement(BlockSpread.TOGETHER)
                .attributes(attributes);
        ArrowFileWriting writing =
                new ArrowFileWriting(store.put(context, path, options), schema, spec.compression(), allocator);
        try {
            writing.begin();
            return new Open(path, writing);
        } catch (RuntimeException e) {
            writing.close();
            throw e;
        }
    }

    void finish(Open file) {
        FileStatus status = file.writing().commit();
        files.setAttribute(
                file.path(), PartitionName.ROWS, Long.toString(file.writing().rows()));
        rows = Math.addExact(rows, file.writing().rows());
        sizeBytes += status.sizeBytes();
    }

    long rows() {
        return rows;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Puts the file that holds the schema. */
    static void putSchema(
            FileStore store, CallContext context, GridPath directory, Schema schema, BufferAllocator allocator) {
        PutOptions options = PutOptions.create(context.caller().name()).placement(BlockSpread.TOGETHER);
        GridPath path = directory.child(PartitionName.SCHEMA);
        try (ArrowFileWriting writing =
                new ArrowFileWriting(store.put(context, path, options), schema, Compression.NONE, allocator)) {
            writing.begin();
            writing.commit();
        }
    }

    /** The same, where another writer may have put it before. */
    static boolean putSchemaOnce(
            FileStore store, CallContext context, GridPath directory, Schema schema, BufferAllocator allocator) {
        try {
            putSchema(store, context, directory, schema, allocator);
            return true;
        } catch (GridException e) {
            if (e.code() == ErrorCode.ALREADY_EXISTS) {
                return false;
            }
            throw e;
        }
    }
}

package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.storage.batch.Rows;
import io.swarmgrid.storage.batch.Unloading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Rechunks what comes into partition files of a staged directory, and publishes that. */
final class PutWriter implements DatasetWriter {
    private static final int MAX_OPEN_PARTITIONS = 256;

    private final Schema schema;
    private final PartitionFiles files;
    private final DictionaryTracker dictionaries;
    private final BatchLimits limits;
    private final PutSpec spec;
    private final @Nullable ByColumn byColumn;
    private final BufferAllocator allocator;
    private final OwnDirectory own;
    private final Function<PartitionFiles, PutResult> publish;
    private final Map<String, PartitionWriter> partitions = new LinkedHashMap<>();
    private boolean open = true;

    /**
     * @param allocator taken over, as are the dictionaries
     * @param own discarded at the end, whatever that is
     * @param publish what commit does with the finished files
     */
    PutWriter(
            Schema schema,
            DictionaryTracker dictionaries,
            PartitionFiles files,
            BatchLimits limits,
            PutSpec spec,
            @Nullable ByColumn byColumn,
            BufferAllocator allocator,
            OwnDirectory own,
            Function<PartitionFiles, PutResult> publish) {
        this.schema = schema;
        this.dictionaries = dictionaries;
        this.files = files;
        this.limits = limits;
        this.spec = spec;
        this.byColumn = byColumn;
        this.allocator = allocator;
        this.own = own;
        this.publish = publish;
    }

    @Override
    public void write(VectorSchemaRoot root) {
        requireOpen();
        requireSchema(root);
        own.touchIfDue();
        try {
            if (root.getRowCount() > 0) {
                append(root);
            }
        } catch (RuntimeException e) {
            close();
            throw translated(e);
        }
    }

    @Override
    public PutResult commit() {
        requireOpen();
        try {
            finishPartitions();
            PutResult result = publish.apply(files);
            close();
            return result;
        } catch (RuntimeException e) {
            close();
            throw translated(e);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            partitions.values().forEach(PartitionWriter::close);
            dictionaries.close();
            allocator.close();
            own.discard();
        }
    }

    private void append(VectorSchemaRoot root) {
        if (dictionaries.changed()) {
            finishPartitions();
        }
        if (partitions.isEmpty()) {
            dictionaries.refresh();
        }
        try (ArrowRecordBatch batch = Unloading.of(root)) {
            Rows rows = Rows.of(schema.getFields(), batch);
            if (byColumn == null) {
                appendTo("", Map.of(), List.of(rows));
            } else {
                byColumn.split(root, rows)
                        .forEach((value, part) ->
                                appendTo(value, Map.of(PartitionName.PARTITION, byColumn.label(value)), part));
            }
        }
    }

    private void appendTo(String value, Map<String, String> attributes, List<Rows> rows) {
        PartitionWriter partition = partitions.get(value);
        if (partition == null) {
            if (partitions.size() == MAX_OPEN_PARTITIONS) {
                throw GridException.invalid("partition_by: column '" + spec.partitionBy() + "' has more than "
                        + MAX_OPEN_PARTITIONS + " values");
            }
            partition = new PartitionWriter(files, dictionaries, attributes, limits, spec, allocator);
            partitions.put(value, partition);
        }
        rows.forEach(partition::append);
        partition.settle();
    }

    private void finishPartitions() {
        partitions.values().forEach(PartitionWriter::finish);
        partitions.values().forEach(PartitionWriter::close);
        partitions.clear();
    }

    private void requireOpen() {
        if (!open) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "the put has ended: path=" + spec.path());
        }
    }

    private void requireSchema(VectorSchemaRoot root) {
        if (!root.getSchema().equals(schema)) {
            String difference = WireSchema.firstDifference(schema, root.getSchema());
            if (difference != null) {
                throw new GridException(ErrorCode.SCHEMA_MISMATCH, "a batch is not of the put's schema: " + difference);
            }
        }
    }

    private static RuntimeException translated(RuntimeException e) {
        if (e instanceof GridException) {
            return e;
        }
        if (e instanceof OutOfMemoryException) {
            return new GridException(ErrorCode.OVERLOADED, "no memory for the put: " + e.getMessage(), e);
        }
        // The library's own checks of vectors and buffers: what was loaded does not fit together.
        if (e instanceof IndexOutOfBoundsException
                || e instanceof IllegalArgumentException
                || e instanceof ArithmeticException) {
            return new GridException(
                    ErrorCode.CORRUPT_INPUT, "record batch does not fit together: " + e.getMessage(), e);
        }
        return e;
    }
}

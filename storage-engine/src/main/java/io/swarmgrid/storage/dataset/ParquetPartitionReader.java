package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.batch.Rows;
import io.swarmgrid.storage.batch.Unloading;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.parquet.ParquetFiles;
import io.swarmgrid.storage.parquet.ParquetFooter;
import io.swarmgrid.storage.parquet.ParquetRows;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** Loads what is decoded of one Parquet file into one root, in pieces that fit into a message each. */
final class ParquetPartitionReader implements PartitionReader {
    private final ParquetRows rows;
    private final String name;
    private final BufferAllocator allocator;
    private final BatchLimits limits;
    private final VectorSchemaRoot root;
    private final VectorLoader loader;
    private final DictionaryProvider dictionaries = new DictionaryProvider.MapDictionaryProvider();
    private @Nullable Cut cut;

    private ParquetPartitionReader(ParquetRows rows, String name, LimitsConfig limits, BufferAllocator allocator) {
        this.rows = rows;
        this.name = name;
        this.allocator = allocator;
        this.limits = BatchLimits.sent(rows.schema().getFields(), limits);
        this.root = VectorSchemaRoot.create(rows.schema(), allocator);
        this.loader = new VectorLoader(root);
    }

    /** @param file taken over, also where this fails */
    static ParquetPartitionReader open(
            FileReader file, ParquetFiles decoder, PartitionRead read, LimitsConfig limits, BufferAllocator allocator) {
        try {
            ParquetFooter footer = decoder.footer(file);
            if (read.firstRow() + read.rowCount() > footer.rows()) {
                throw new GridException(
                        ErrorCode.INVALID_ARGUMENT,
                        "rows past the end of the partition: name=" + read.name() + ", first_row=" + read.firstRow()
                                + ", row_count=" + read.rowCount() + ", rows=" + footer.rows());
            }
            int[] columns = WireSchema.columns(footer.schema(), read.columns());
            long batchBytes = limits.messageSize().bytes() / 2;
            ParquetRows.Wanted wanted = new ParquetRows.Wanted(columns, read.firstRow(), read.rowCount(), batchBytes);
            return new ParquetPartitionReader(decoder.rows(file, footer, wanted), read.name(), limits, allocator);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public VectorSchemaRoot root() {
        return root;
    }

    @Override
    public DictionaryProvider dictionaries() {
        return dictionaries;
    }

    @Override
    public boolean next() {
        try {
            if (cut == null || !cut.hasNext()) {
                closeCut();
                if (!rows.next()) {
                    return false;
                }
                VectorSchemaRoot decoded = rows.root();
                if (load(decoded)) {
                    return true;
                }
                cut = Cut.of(decoded, 0, decoded.getRowCount(), limits);
            }
            try (ArrowRecordBatch piece = cut.next(allocator)) {
                loader.load(piece);
                return true;
            }
        } catch (OutOfMemoryException e) {
            throw new GridException(
                    ErrorCode.OVERLOADED, "no memory for a batch of " + name + ": " + e.getMessage(), e);
        }
    }

    /** As it is, where it fits into a message. */
    private boolean load(VectorSchemaRoot decoded) {
        try (ArrowRecordBatch batch = Unloading.of(decoded)) {
            List<Field> fields = limits.fields();
            if (!fields.isEmpty()
                    && batch.getLength() > 1
                    && BatchPlan.of(fields, List.of(Rows.of(fields, batch))).wireBytes() > limits.wireBytes()) {
                return false;
            }
            loader.load(batch);
            return true;
        }
    }

    private void closeCut() {
        if (cut != null) {
            cut.close();
            cut = null;
        }
    }

    @Override
    public void close() {
        try {
            closeCut();
            root.close();
        } finally {
            rows.close();
        }
    }
}

package io.swarmgrid.storage.dataset;

import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.batch.Rows;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows into partition files, as record batches that are neither small nor large, whatever came in: a new file after so
 * many rows or bytes. Confined to one thread.
 */
final class PartitionWriter implements AutoCloseable {
    /** A batch is written when there is so much for it; before, it waits for more. */
    private static final long ENOUGH_BYTES = 256 << 10;

    private static final int ENOUGH_ROWS = 64 << 10;

    private final PartitionFiles files;
    private final DictionaryTracker dictionaries;
    private final Map<String, String> attributes;
    private final List<Field> fields;
    private final BatchLimits limits;
    private final PutSpec spec;
    private final RowQueue queue;
    private PartitionFiles.@Nullable Open file;
    private double rowBytes = 1;

    PartitionWriter(
            PartitionFiles files,
            DictionaryTracker dictionaries,
            Map<String, String> attributes,
            BatchLimits limits,
            PutSpec spec,
            BufferAllocator allocator) {
        this.files = files;
        this.dictionaries = dictionaries;
        this.attributes = attributes;
        this.fields = limits.fields();
        this.limits = limits;
        this.spec = spec;
        this.queue = new RowQueue(fields, allocator);
    }

    /** Takes rows, which stay borrowed until {@link #settle}. */
    void append(Rows rows) {
        queue.borrow(rows);
    }

    /** Writes what is enough for a batch and copies the rest. */
    void settle() {
        if (queue.rows() >= ENOUGH_ROWS || queue.keptBytes() + queue.borrowedBytes() >= ENOUGH_BYTES) {
            write(false);
        }
        queue.keep();
    }

    /** Writes all that is left and finishes the file. */
    void finish() {
        write(true);
        if (file != null) {
            files.finish(file);
            file = null;
        }
    }

    @Override
    public void close() {
        queue.close();
        if (file != null) {
            file.writing().close();
            file = null;
        }
    }

    private void write(boolean all) {
        while (queue.rows() > 0) {
            int room = (int) Math.min(
                    limits.maxRows(),
                    spec.partitionRows() - (file == null ? 0 : file.writing().rows()));
            int rows = Math.min(queue.rows(), Math.min(room, Math.max(1, (int) (limits.wireBytes() / rowBytes))));
            BatchPlan plan = BatchPlan.fitting(fields, queue::first, rows, limits.wireBytes());
            rowBytes = Math.max(1.0 / Byte.SIZE, (double) plan.bodyBytes(Byte.SIZE) / plan.rows());
            boolean enough = plan.rows() < queue.rows()
                    || plan.rows() == room
                    || plan.rows() >= ENOUGH_ROWS
                    || plan.wireBytes() >= ENOUGH_BYTES;
            if (!all && !enough) {
                return;
            }
            PartitionFiles.Open target = file == null ? open() : file;
            target.writing().batch(plan);
            queue.drop(plan.rows());
            if (target.writing().rows() >= spec.partitionRows()
                    || target.writing().sizeBytes() >= spec.partitionBytes()) {
                files.finish(target);
                file = null;
            }
        }
    }

    private PartitionFiles.Open open() {
        PartitionFiles.Open opened = files.open(attributes);
        file = opened;
        dictionaries.forEach(opened.writing()::dictionary);
        return opened;
    }
}

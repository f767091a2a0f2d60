package io.swarmgrid.storage.dataset;

import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.batch.Rows;
import io.swarmgrid.storage.batch.Unloading;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** Some rows of a batch, given out in pieces that fit into a message each. Owns the batch until closed. */
final class Cut implements AutoCloseable {
    private final ArrowRecordBatch whole;
    private final Rows rows;
    private final BatchLimits limits;
    private int next;

    private Cut(ArrowRecordBatch whole, Rows rows, BatchLimits limits) {
        this.whole = whole;
        this.rows = rows;
        this.limits = limits;
    }

    /** Cuts what a root holds now; the root may be loaded anew while the pieces are taken. */
    static Cut of(VectorSchemaRoot root, int from, int count, BatchLimits limits) {
        ArrowRecordBatch whole = Unloading.of(root);
        try {
            return new Cut(whole, Rows.of(limits.fields(), whole).slice(from, count), limits);
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    boolean hasNext() {
        return next < rows.count();
    }

    /** The next piece, which the caller closes. */
    ArrowRecordBatch next(BufferAllocator allocator) {
        int left = Math.min(rows.count() - next, limits.maxRows());
        BatchPlan plan =
                BatchPlan.fitting(limits.fields(), count -> List.of(rows.slice(next, count)), left, limits.wireBytes());
        next += plan.rows();
        return plan.toBatch(allocator);
    }

    @Override
    public void close() {
        whole.close();
    }
}

package io.swarmgrid.storage.batch;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Takes references to the buffers of vectors, as the library's {@code VectorUnloader} does, but all or none: that one keeps
 * some where the vectors do not fit their buffers. Nulls are not counted.
 */
public final class Unloading {
    private final List<ArrowFieldNode> nodes = new ArrayList<>();
    private final List<ArrowBuf> buffers = new ArrayList<>();
    private final List<Long> variadicCounts = new ArrayList<>();

    private Unloading() {}

    /** The batch keeps the buffers alive until it is closed, by the caller. */
    public static ArrowRecordBatch of(VectorSchemaRoot root) {
        return of(root.getFieldVectors(), root.getRowCount());
    }

    public static ArrowRecordBatch of(List<FieldVector> vectors, int rows) {
        Unloading unloading = new Unloading();
        vectors.forEach(unloading::add);
        return new ArrowRecordBatch(
                rows,
                unloading.nodes,
                unloading.buffers,
                NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
                unloading.variadicCounts,
                true);
    }

    private void add(FieldVector vector) {
        nodes.add(new ArrowFieldNode(vector.getValueCount(), 0));
        buffers.addAll(vector.getFieldBuffers());
        if (vector instanceof BaseVariableWidthViewVector views) {
            variadicCounts.add((long) views.getDataBuffers().size());
        }
        vector.getChildrenFromFields().forEach(this::add);
    }
}

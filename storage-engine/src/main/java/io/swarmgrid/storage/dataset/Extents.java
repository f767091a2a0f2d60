package io.swarmgrid.storage.dataset;

import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Whether the lists of a batch lie within their values. Loading one that does not, the library makes room for values that
 * are not there, fails half-way, and keeps that room for ever. Compressed batches are not looked into.
 */
final class Extents {
    private final Iterator<ArrowFieldNode> nodes;
    private final List<ArrowBuf> buffers;
    private final Iterator<Long> variadicCounts;
    private int nextBuffer;

    private Extents(ArrowRecordBatch batch) {
        this.nodes = batch.getNodes().iterator();
        this.buffers = batch.getBuffers();
        this.variadicCounts = batch.getVariadicBufferCounts().iterator();
    }

    /** @throws RuntimeException that says what does not fit */
    static void check(List<Field> fields, ArrowRecordBatch batch) {
        if (batch.getBodyCompression().getCodec() != NoCompressionCodec.COMPRESSION_TYPE) {
            return;
        }
        Extents extents = new Extents(batch);
        fields.forEach(extents::rows);
    }

    /** Goes over a column and what is in it, in the order of the batch; how many rows it has. */
    private long rows(Field field) {
        long rows = nodes.next().getLength();
        int first = nextBuffer;
        nextBuffer += TypeLayout.getTypeBufferCount(field.getType());
        if (field.getType() instanceof ArrowType.Utf8View || field.getType() instanceof ArrowType.BinaryView) {
            nextBuffer += Math.toIntExact(variadicCounts.next());
        }
        long needed = needed(field.getType(), rows, first);
        for (Field child : field.getChildren()) {
            long there = rows(child);
            if (there < needed) {
                throw new IllegalArgumentException(
                        "column " + field.getName() + " reaches to value " + needed + " of " + there);
            }
        }
        return rows;
    }

    /** How many rows a column's children have at least. */
    private long needed(ArrowType type, long rows, int first) {
        if (rows == 0) {
            return 0;
        }
        if (type instanceof ArrowType.Struct) {
            return rows;
        }
        if (type instanceof ArrowType.FixedSizeList list) {
            return rows * list.getListSize();
        }
        if (type instanceof ArrowType.List || type instanceof ArrowType.Map) {
            return buffers.get(first + 1).getInt(rows * Integer.BYTES);
        }
        if (type instanceof ArrowType.LargeList) {
            return buffers.get(first + 1).getLong(rows * Long.BYTES);
        }
        if (type instanceof ArrowType.ListView) {
            return furthest(rows, first, Integer.BYTES);
        }
        return type instanceof ArrowType.LargeListView ? furthest(rows, first, Long.BYTES) : 0;
    }

    private long furthest(long rows, int first, int width) {
        ArrowBuf offsets = buffers.get(first + 1);
        ArrowBuf sizes = buffers.get(first + 2);
        long furthest = 0;
        for (long row = 0; row < rows; row++) {
            furthest = Math.max(furthest, number(offsets, row, width) + number(sizes, row, width));
        }
        return furthest;
    }

    private static long number(ArrowBuf numbers, long index, int width) {
        return width == Integer.BYTES ? numbers.getInt(index * width) : numbers.getLong(index * width);
    }
}

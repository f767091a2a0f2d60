package io.swarmgrid.storage.batch;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * One column, or a child of one: the buffers are borrowed from the record batch it was made of. Every access says first how
 * much of a buffer it needs; a buffer that is shorter is CORRUPT_INPUT.
 */
record ColumnArray(Field field, int length, int nulls, List<ArrowBuf> buffers, List<ColumnArray> children) {
    static List<ColumnArray> of(List<Field> fields, ArrowRecordBatch batch) {
        Cursor cursor = new Cursor(
                batch.getNodes().iterator(),
                batch.getBuffers().iterator(),
                batch.getVariadicBufferCounts() == null
                        ? List.<Long>of().iterator()
                        : batch.getVariadicBufferCounts().iterator());
        return fields.stream().map(cursor::next).toList();
    }

    long address(int buffer) {
        return buffers.get(buffer).memoryAddress();
    }

    void require(int buffer, long sizeBytes) {
        long there = buffers.get(buffer).capacity();
        if (there < sizeBytes) {
            throw corrupt("buffer " + buffer + " has " + there + " bytes of " + sizeBytes);
        }
    }

    /** Whether the validity bitmap is left out, as it may be where nothing is null. */
    boolean allValid() {
        return buffers.get(0).capacity() == 0;
    }

    boolean valid(int row) {
        return allValid() || (MemoryUtil.getByte(address(0) + (row >> 3)) >> (row & 7) & 1) != 0;
    }

    /** The value of an offsets or sizes buffer. */
    long offset(int buffer, long index, int width) {
        long at = address(buffer) + index * width;
        return width == Integer.BYTES ? MemoryUtil.getInt(at) : MemoryUtil.getLong(at);
    }

    GridException corrupt(String what) {
        return new GridException(
                ErrorCode.CORRUPT_INPUT,
                "record batch does not fit together: column '" + field.getName() + "': " + what);
    }

    /** Walks the flat lists of a record batch in the order of its columns, parents first. */
    private record Cursor(Iterator<ArrowFieldNode> nodes, Iterator<ArrowBuf> buffers, Iterator<Long> variadic) {
        ColumnArray next(Field field) {
            if (!nodes.hasNext()) {
                throw missing(field, "its length");
            }
            ArrowFieldNode node = nodes.next();
            if (node.getLength() < 0) {
                throw missing(field, "a possible length (it is " + node.getLength() + ")");
            }
            int count = TypeLayout.getTypeBufferCount(Layout.storage(field.getType()));
            if (Layout.of(field.getType()) == Layout.VIEW) {
                count += variadic.hasNext() ? Math.toIntExact(variadic.next()) : 0;
            }
            List<ArrowBuf> own = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                if (!buffers.hasNext()) {
                    throw missing(field, "buffer " + i);
                }
                own.add(buffers.next());
            }
            List<ColumnArray> children =
                    field.getChildren().stream().map(this::next).toList();
            return new ColumnArray(field, node.getLength(), node.getNullCount(), own, children);
        }

        private static GridException missing(Field field, String what) {
            return new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "record batch does not fit together: column '" + field.getName() + "' lacks " + what);
        }
    }
}

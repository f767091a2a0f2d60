package io.swarmgrid.storage.batch;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A record batch to be: rows from one or several batches, one after the other. Its sizes are known; its bytes are written by
 * {@link #fill}, straight from the batches that the rows borrow. Confined to one thread.
 */
public final class BatchPlan {
    /** Of a message without its arrays: continuation, length, table, and the largest padding. */
    private static final int MESSAGE_BYTES = 256;

    private static final int WIRE_ALIGNMENT = 8;
    private static final int MAX_ROWS = 1 << 20;

    private final int rows;
    private final List<ArrowFieldNode> nodes = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Long> variadicCounts = new ArrayList<>();

    /** One buffer of the body. */
    record Part(long sizeBytes, Fill fill) {}

    /** Writes all bytes of a part to where it will be. */
    interface Fill {
        void at(long address);
    }

    private BatchPlan(int rows) {
        this.rows = rows;
    }

    /**
     * @param fields of all the batches
     * @throws GridException CORRUPT_INPUT where a batch's lengths, offsets and buffers do not fit together
     */
    public static BatchPlan of(List<Field> fields, List<Rows> rows) {
        BatchPlan plan = new BatchPlan(rows.stream().mapToInt(Rows::count).sum());
        ColumnPlanner planner = new ColumnPlanner(plan);
        for (int i = 0; i < fields.size(); i++) {
            int column = i;
            int node = plan.nodes.size();
            planner.add(fields.get(i), rows.stream().map(r -> r.column(column)).toList());
            plan.checkNulls(fields.get(i), plan.nodes.get(node));
        }
        return plan;
    }

    /**
     * The longest batch, from the first row on, that takes at most {@code wireBytes} as a message; one row at least.
     *
     * @param head the first so many rows of what there is
     * @param rows how many to begin with
     */
    public static BatchPlan fitting(List<Field> fields, IntFunction<List<Rows>> head, int rows, long wireBytes) {
        int count = rows;
        BatchPlan plan = of(fields, head.apply(count));
        while (count > 1 && plan.wireBytes() > wireBytes) {
            long room = Math.max(wireBytes - plan.metadataBytes(), wireBytes / 8);
            double share = (double) room / plan.bodyBytes(WIRE_ALIGNMENT);
            count = Math.max(1, Math.min(count - 1, (int) (count * share)));
            plan = of(fields, head.apply(count));
            if (plan.bodyBytes(WIRE_ALIGNMENT) <= room) {
                return plan;
            }
        }
        return plan;
    }

    /** The most rows that a batch of such columns may have: run ends of 16 bits count no further. */
    public static int maxRows(List<Field> fields) {
        boolean shortRuns = fields.stream()
                .anyMatch(field -> Layout.of(field.getType()) == Layout.RUN_ENDS
                        && Layout.widthBytes(field.getChildren().get(0).getType()) == Short.BYTES);
        return shortRuns ? Short.MAX_VALUE : MAX_ROWS;
    }

    public int rows() {
        return rows;
    }

    public List<ArrowFieldNode> nodes() {
        return nodes;
    }

    /** Size of each buffer, bytes, without padding. */
    public long[] partBytes() {
        return parts.stream().mapToLong(Part::sizeBytes).toArray();
    }

    public List<Long> variadicCounts() {
        return variadicCounts;
    }

    /** Of the message that describes the body, about. */
    public long metadataBytes() {
        return MESSAGE_BYTES + 16L * (nodes.size() + parts.size()) + 8L * variadicCounts.size();
    }

    /** About what the batch takes as a message of its own on the wire. */
    public long wireBytes() {
        return metadataBytes() + bodyBytes(WIRE_ALIGNMENT);
    }

    /** Of all buffers, each padded to a multiple of {@code alignment}. */
    public long bodyBytes(int alignment) {
        long bytes = 0;
        for (Part part : parts) {
            bytes += align(part.sizeBytes(), alignment);
        }
        return bytes;
    }

    /** Writes the body, {@link #bodyBytes} of it, padding included. */
    public void fill(long address, int alignment) {
        long at = address;
        for (Part part : parts) {
            part.fill().at(at);
            long padded = align(part.sizeBytes(), alignment);
            MemoryUtil.setMemory(at + part.sizeBytes(), padded - part.sizeBytes(), (byte) 0);
            at += padded;
        }
    }

    /** A batch with a body of its own, which the caller closes. */
    public ArrowRecordBatch toBatch(BufferAllocator allocator) {
        try (ArrowBuf body = allocator.buffer(Math.max(WIRE_ALIGNMENT, bodyBytes(WIRE_ALIGNMENT)))) {
            fill(body.memoryAddress(), WIRE_ALIGNMENT);
            List<ArrowBuf> buffers = new ArrayList<>(parts.size());
            long at = 0;
            for (Part part : parts) {
                buffers.add(body.slice(at, part.sizeBytes()));
                at += align(part.sizeBytes(), WIRE_ALIGNMENT);
            }
            return new ArrowRecordBatch(
                    rows, nodes, buffers, NoCompressionCodec.DEFAULT_BODY_COMPRESSION, variadicCounts, true);
        }
    }

    public static long align(long bytes, int alignment) {
        return (bytes + alignment - 1) / alignment * alignment;
    }

    void node(long length, long nulls) {
        nodes.add(new ArrowFieldNode(length, nulls));
    }

    void part(long sizeBytes, Fill fill) {
        parts.add(new Part(sizeBytes, fill));
    }

    void variadic(long count) {
        variadicCounts.add(count);
    }

    private void checkNulls(Field field, ArrowFieldNode node) {
        if (!field.isNullable() && node.getNullCount() > 0 && Layout.of(field.getType()) != Layout.NULL) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "column '" + field.getName() + "' has " + node.getNullCount()
                            + " nulls, but its schema says it has none");
        }
    }
}

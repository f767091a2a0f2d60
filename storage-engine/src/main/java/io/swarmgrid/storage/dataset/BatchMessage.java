package io.swarmgrid.storage.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowBodyCompression;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What a record batch message says of some of its columns.
 *
 * @param rows of the batch
 * @param variadicCounts for each column, or child of one, that has views
 * @param spans where each buffer lies in the body
 * @param compression of the buffers
 */
record BatchMessage(
        int rows,
        List<ArrowFieldNode> nodes,
        List<Long> variadicCounts,
        List<Span> spans,
        ArrowBodyCompression compression) {
    /** A buffer's place in the body. */
    record Span(long offset, long length) {}

    /** @param framed a message with its prefix; the order of the bytes is set */
    static Message parse(ByteBuffer framed) {
        ByteBuffer bytes = framed.order(ByteOrder.LITTLE_ENDIAN);
        int first = bytes.getInt(bytes.position());
        // Files of old writers have the length without the mark before it.
        int prefix = first == ArrowFileWriting.CONTINUATION ? ArrowFileWriting.PREFIX_BYTES : Integer.BYTES;
        bytes.position(bytes.position() + prefix);
        return Message.getRootAsMessage(bytes);
    }

    /** The record batch in a message that is one, or is a dictionary's. */
    static RecordBatch recordBatch(Message message) {
        if (message.headerType() == MessageHeader.RecordBatch) {
            return (RecordBatch) message.header(new RecordBatch());
        }
        if (message.headerType() == MessageHeader.DictionaryBatch) {
            return dictionary(message).data();
        }
        throw new IllegalArgumentException("a message of type " + message.headerType() + " instead of a batch");
    }

    static DictionaryBatch dictionary(Message message) {
        if (message.headerType() != MessageHeader.DictionaryBatch) {
            throw new IllegalArgumentException(
                    "a message of type " + message.headerType() + " instead of a dictionary");
        }
        return (DictionaryBatch) message.header(new DictionaryBatch());
    }

    /**
     * @param fields all of the file's, as in memory
     * @param columns the places of those wanted, in the order wanted
     */
    static BatchMessage of(RecordBatch batch, List<Field> fields, int[] columns) {
        Walk walk = new Walk(batch);
        long[][] starts = new long[fields.size() + 1][];
        for (int i = 0; i < fields.size(); i++) {
            starts[i] = walk.at();
            walk.pass(fields.get(i));
        }
        starts[fields.size()] = walk.at();
        List<ArrowFieldNode> nodes = new ArrayList<>();
        List<Span> spans = new ArrayList<>();
        List<Long> variadic = new ArrayList<>();
        for (int column : columns) {
            for (long i = starts[column][0]; i < starts[column + 1][0]; i++) {
                FieldNode node = batch.nodes((int) i);
                nodes.add(new ArrowFieldNode(node.length(), node.nullCount()));
            }
            for (long i = starts[column][1]; i < starts[column + 1][1]; i++) {
                Buffer buffer = batch.buffers((int) i);
                spans.add(new Span(buffer.offset(), buffer.length()));
            }
            for (long i = starts[column][2]; i < starts[column + 1][2]; i++) {
                variadic.add(batch.variadicBufferCounts((int) i));
            }
        }
        return new BatchMessage(Math.toIntExact(batch.length()), nodes, variadic, spans, compression(batch));
    }

    private static ArrowBodyCompression compression(RecordBatch batch) {
        BodyCompression compression = batch.compression();
        return compression == null
                ? NoCompressionCodec.DEFAULT_BODY_COMPRESSION
                : new ArrowBodyCompression(compression.codec(), compression.method());
    }

    /** Counts nodes, buffers and variadic counts from column to column. */
    private static final class Walk {
        private final RecordBatch batch;
        private long nodes;
        private long buffers;
        private long variadic;

        Walk(RecordBatch batch) {
            this.batch = batch;
        }

        long[] at() {
            if (nodes > batch.nodesLength() || buffers > batch.buffersLength()) {
                throw new IllegalArgumentException("a batch of " + batch.nodesLength() + " columns and "
                        + batch.buffersLength() + " buffers, too few for its schema");
            }
            return new long[] {nodes, buffers, variadic};
        }

        void pass(Field field) {
            nodes++;
            buffers += TypeLayout.getTypeBufferCount(field.getType());
            ArrowType.ArrowTypeID type = field.getType().getTypeID();
            if (type == ArrowType.ArrowTypeID.Utf8View || type == ArrowType.ArrowTypeID.BinaryView) {
                buffers += batch.variadicBufferCounts((int) variadic);
                variadic++;
            }
            field.getChildren().forEach(this::pass);
        }
    }
}

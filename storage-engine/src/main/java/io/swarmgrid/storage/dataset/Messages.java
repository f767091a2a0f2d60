package io.swarmgrid.storage.dataset;

import com.google.flatbuffers.FlatBufferBuilder;
import io.swarmgrid.storage.batch.BatchPlan;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/** The tables that describe bodies whose buffers are aligned to {@link ArrowFileWriting#ALIGNMENT}. */
record Messages(Compression compression) {
    static long bodyBytes(long[] partBytes) {
        long bytes = 0;
        for (long part : partBytes) {
            bytes += BatchPlan.align(part, ArrowFileWriting.ALIGNMENT);
        }
        return bytes;
    }

    ByteBuffer batch(BatchPlan plan, long[] partBytes) {
        FlatBufferBuilder builder = builder(plan);
        int batch = recordBatch(builder, plan, partBytes);
        return MessageSerializer.serializeMessage(
                builder, MessageHeader.RecordBatch, batch, bodyBytes(partBytes), IpcOption.DEFAULT);
    }

    ByteBuffer dictionary(BatchPlan plan, long[] partBytes, long id) {
        FlatBufferBuilder builder = builder(plan);
        int batch = recordBatch(builder, plan, partBytes);
        int dictionary = DictionaryBatch.createDictionaryBatch(builder, id, batch, false);
        return MessageSerializer.serializeMessage(
                builder, MessageHeader.DictionaryBatch, dictionary, bodyBytes(partBytes), IpcOption.DEFAULT);
    }

    private static FlatBufferBuilder builder(BatchPlan plan) {
        return new FlatBufferBuilder(Math.toIntExact(plan.metadataBytes()));
    }

    private int recordBatch(FlatBufferBuilder builder, BatchPlan plan, long[] partBytes) {
        List<ArrowFieldNode> nodes = plan.nodes();
        RecordBatch.startNodesVector(builder, nodes.size());
        for (int i = nodes.size() - 1; i >= 0; i--) {
            FieldNode.createFieldNode(
                    builder, nodes.get(i).getLength(), nodes.get(i).getNullCount());
        }
        int nodeVector = builder.endVector();
        RecordBatch.startBuffersVector(builder, partBytes.length);
        long end = bodyBytes(partBytes);
        for (int i = partBytes.length - 1; i >= 0; i--) {
            end -= BatchPlan.align(partBytes[i], ArrowFileWriting.ALIGNMENT);
            Buffer.createBuffer(builder, end, partBytes[i]);
        }
        int bufferVector = builder.endVector();
        int compressed = compression == Compression.NONE
                ? 0
                : BodyCompression.createBodyCompression(builder, compression.id(), BodyCompressionMethod.BUFFER);
        int variadic = plan.variadicCounts().isEmpty()
                ? 0
                : RecordBatch.createVariadicBufferCountsVector(
                        builder,
                        plan.variadicCounts().stream()
                                .mapToLong(Long::longValue)
                                .toArray());
        RecordBatch.startRecordBatch(builder);
        RecordBatch.addLength(builder, plan.rows());
        RecordBatch.addNodes(builder, nodeVector);
        RecordBatch.addBuffers(builder, bufferVector);
        if (compressed != 0) {
            RecordBatch.addCompression(builder, compressed);
        }
        if (variadic != 0) {
            RecordBatch.addVariadicBufferCounts(builder, variadic);
        }
        return RecordBatch.endRecordBatch(builder);
    }
}

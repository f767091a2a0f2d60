package io.swarmgrid.node.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** An Arrow stream whose dictionary grows by a delta between its batches; the library's own writers make none. */
final class GrowingDictionary {
    private static final int INT_BITS = 32;

    private GrowingDictionary() {}

    /** Writes the colours red, green, red; then blue, green, black. */
    static void write(OutputStream out, BufferAllocator allocator) throws IOException {
        ArrowType.Int index = new ArrowType.Int(INT_BITS, true);
        Field field =
                new Field("colour", new FieldType(true, index, new DictionaryEncoding(7, false, index)), List.of());
        Field inMessages = new Field(
                "colour",
                new FieldType(true, ArrowType.Utf8.INSTANCE, new DictionaryEncoding(7, false, index)),
                List.of());
        WriteChannel channel = new WriteChannel(Channels.newChannel(out));
        MessageSerializer.serialize(channel, new Schema(List.of(inMessages)));
        dictionary(channel, allocator, false, "red", "green");
        indices(channel, allocator, field, 0, 1, 0);
        dictionary(channel, allocator, true, "blue", "black");
        indices(channel, allocator, field, 2, 1, 3);
        channel.writeIntLittleEndian(MessageSerializer.IPC_CONTINUATION_TOKEN);
        channel.writeIntLittleEndian(0);
    }

    private static void dictionary(WriteChannel channel, BufferAllocator allocator, boolean delta, String... values)
            throws IOException {
        try (VarCharVector vector = new VarCharVector("colour", allocator)) {
            for (int i = 0; i < values.length; i++) {
                vector.setSafe(i, values[i].getBytes(StandardCharsets.UTF_8));
            }
            try (ArrowDictionaryBatch batch = new ArrowDictionaryBatch(7, unloaded(vector, values.length), delta)) {
                MessageSerializer.serialize(channel, batch);
            }
        }
    }

    private static void indices(WriteChannel channel, BufferAllocator allocator, Field field, int... values)
            throws IOException {
        try (IntVector vector = (IntVector) field.createVector(allocator)) {
            for (int i = 0; i < values.length; i++) {
                vector.setSafe(i, values[i]);
            }
            try (ArrowRecordBatch batch = unloaded(vector, values.length)) {
                MessageSerializer.serialize(channel, batch);
            }
        }
    }

    private static ArrowRecordBatch unloaded(FieldVector vector, int count) {
        vector.setValueCount(count);
        return new VectorUnloader(new VectorSchemaRoot(List.of(vector))).getRecordBatch();
    }
}

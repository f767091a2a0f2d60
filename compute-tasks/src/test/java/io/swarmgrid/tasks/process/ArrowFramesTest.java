package io.swarmgrid.tasks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class ArrowFramesTest {
    @Test
    void passesAnArrowStreamOnAsItIs() throws IOException {
        byte[] stream = stream(3, 1000);
        ArrowFrames frames = frames(stream, Long.MAX_VALUE);
        assertThat(frames.isEmpty()).isFalse();
        try (BufferAllocator allocator = new RootAllocator();
                ArrowStreamReader reader = new ArrowStreamReader(frames, allocator)) {
            long sum = 0;
            while (reader.loadNextBatch()) {
                BigIntVector numbers =
                        (BigIntVector) reader.getVectorSchemaRoot().getVector(0);
                for (int i = 0; i < numbers.getValueCount(); i++) {
                    sum += numbers.get(i);
                }
            }
            assertThat(sum).isEqualTo(3 * 999L * 1000 / 2);
        }
        assertThat(frames.takenBytes()).isEqualTo(stream.length);
    }

    @Test
    void knowsNothingFromSomething() throws IOException {
        assertThat(frames(new byte[0], 10).isEmpty()).isTrue();
    }

    @Test
    void refusesTextBeforeAndWithinAStream() throws IOException {
        byte[] text = "hello, world, this is no table\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> frames(text, Long.MAX_VALUE).readAllBytes())
                .isInstanceOf(GridException.class)
                .hasMessageContaining("standard output is not an Arrow stream")
                .hasMessageContaining("'hello, w'");
        byte[] stream = stream(1, 10);
        byte[] mixed = Arrays.copyOf(stream, stream.length - 8 + text.length);
        System.arraycopy(text, 0, mixed, stream.length - 8, text.length);
        assertThatThrownBy(() -> frames(mixed, Long.MAX_VALUE).readAllBytes()).isInstanceOf(GridException.class);
    }

    @Test
    void refusesMoreThanItsBound() throws IOException {
        byte[] stream = stream(10, 1000);
        assertThatThrownBy(() -> frames(stream, 20_000).readAllBytes())
                .isInstanceOf(GridException.class)
                .hasMessageContaining("more than the bound of 20000 bytes");
    }

    @Test
    void tellsAStreamThatBreaksOff() throws IOException {
        byte[] stream = stream(1, 1000);
        assertThatThrownBy(() -> frames(Arrays.copyOf(stream, stream.length - 100), Long.MAX_VALUE)
                        .readAllBytes())
                .isInstanceOf(EOFException.class);
    }

    private static ArrowFrames frames(byte[] bytes, long maxBytes) {
        return new ArrowFrames(new ByteArrayInputStream(bytes), maxBytes);
    }

    private static byte[] stream(int batches, int rows) throws IOException {
        Schema schema = new Schema(List.of(Field.nullable("number", new ArrowType.Int(64, true))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
                ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
            for (int i = 0; i < batches; i++) {
                for (int row = 0; row < rows; row++) {
                    ((BigIntVector) root.getVector(0)).setSafe(row, row);
                }
                root.setRowCount(rows);
                writer.writeBatch();
            }
            writer.end();
        }
        return bytes.toByteArray();
    }
}

package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** DoPut of raw bytes: one column {@code bytes: uint8 not null}. Used by one thread. */
final class RawPut {
    private static final int MESSAGE_BYTES = 1 << 20;
    private static final Schema SCHEMA =
            new Schema(List.of(new Field("bytes", new FieldType(false, new ArrowType.Int(8, false), null), List.of())));

    private final GridClient client;
    private final FlightDescriptor descriptor;

    RawPut(GridClient client, byte[] command) {
        this.client = client;
        this.descriptor = FlightDescriptor.command(command);
    }

    PutResult run(ReadableByteChannel source, LongConsumer progress) throws IOException, Broken {
        try (VectorSchemaRoot message = VectorSchemaRoot.create(SCHEMA, client.allocator())) {
            UInt1Vector bytes = (UInt1Vector) message.getVector(0);
            bytes.allocateNew(MESSAGE_BYTES);
            bytes.getValidityBuffer().setOne(0, bytes.getValidityBuffer().capacity());
            StartedPut put =
                    StartedPut.start(client, descriptor, message, new DictionaryProvider.MapDictionaryProvider());
            boolean ended = false;
            try {
                for (int count = fill(bytes, source); count > 0; count = fill(bytes, source)) {
                    message.setRowCount(count);
                    put.answer().awaitRoom(put.stream());
                    put.stream().putNext();
                    progress.accept(count);
                }
                put.stream().completed();
                PutResult result = put.answer().awaitEnd();
                ended = true;
                return result;
            } finally {
                if (!ended) {
                    put.stream().error(new GridException(ErrorCode.CANCELLED, "the put was given up"));
                }
            }
        }
    }

    private static int fill(UInt1Vector bytes, ReadableByteChannel source) throws IOException {
        ByteBuffer target = bytes.getDataBuffer().nioBuffer(0, MESSAGE_BYTES);
        int last = 0;
        while (target.hasRemaining() && last >= 0) {
            last = source.read(target);
        }
        return target.position();
    }
}

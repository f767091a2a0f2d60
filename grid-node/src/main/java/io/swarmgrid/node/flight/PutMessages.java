package io.swarmgrid.node.flight;

import com.google.common.io.ByteStreams;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a DoPut as flight-core does, and looks at their Arrow header on the way. Stateless.
 *
 * @param <Q> what flight-core makes of a message
 */
final class PutMessages<Q> implements MethodDescriptor.Marshaller<PutMessages.Seen<Q>> {
    private final MethodDescriptor.Marshaller<Q> marshaller;

    PutMessages(MethodDescriptor.Marshaller<Q> marshaller) {
        this.marshaller = marshaller;
    }

    /**
     * One message.
     *
     * @param header of a schema or a dictionary; null for all others
     */
    record Seen<Q>(Q message, @Nullable Message header) {}

    @Override
    public Seen<Q> parse(InputStream stream) {
        try {
            InputStream message = repeatable(stream);
            message.mark(Integer.MAX_VALUE);
            Message header = header(message);
            message.reset();
            return new Seen<>(marshaller.parse(message), header);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream stream(Seen<Q> seen) {
        return marshaller.stream(seen.message());
    }

    /** gRPC's own streams can be read again; one that was decompressed cannot. */
    private static InputStream repeatable(InputStream stream) throws IOException {
        return stream.markSupported() && stream instanceof KnownLength
                ? stream
                : new ByteArrayInputStream(ByteStreams.toByteArray(stream));
    }

    private static @Nullable Message header(InputStream message) throws IOException {
        while (message.available() > 0) {
            int tag = CodedInputStream.readRawVarint32(message.read(), message);
            if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED
                    || WireFormat.getTagFieldNumber(tag) == FlightData.DATA_BODY_FIELD_NUMBER) {
                return null;
            }
            int length = CodedInputStream.readRawVarint32(message.read(), message);
            if (WireFormat.getTagFieldNumber(tag) == FlightData.DATA_HEADER_FIELD_NUMBER) {
                return ofInterest(message.readNBytes(length));
            }
            message.skipNBytes(length);
        }
        return null;
    }

    /** What cannot be read here is for flight-core to refuse. */
    private static @Nullable Message ofInterest(byte[] bytes) {
        if (bytes.length == 0) {
            return null;
        }
        try {
            Message header = Message.getRootAsMessage(ByteBuffer.wrap(bytes));
            byte type = header.headerType();
            return type == MessageHeader.Schema || type == MessageHeader.DictionaryBatch ? header : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }
}

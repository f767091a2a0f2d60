package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.Ports;
import io.swarmgrid.config.SwarmConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A node on free ports of loopback, and what the tests ask of it through plain Flight. */
final class NodeFixture {
    static final Schema RAW =
            new Schema(List.of(new Field("bytes", FieldType.notNullable(new ArrowType.Int(8, false)), List.of())));

    private NodeFixture() {}

    static SwarmConfig config(Path data, Map<String, String> more) {
        List<Integer> ports = Ports.free(4);
        Map<String, String> settings = new HashMap<>(Map.of(
                "node.name",
                "n1",
                "node.data",
                data.toString(),
                "listen.flight",
                "127.0.0.1:" + ports.get(0),
                "listen.grid",
                "127.0.0.1:" + ports.get(1),
                "listen.transport",
                "127.0.0.1:" + ports.get(2),
                "listen.http",
                "127.0.0.1:" + ports.get(3),
                "metadata.durability",
                "process",
                "storage.durability",
                "process",
                "metadata.partitions",
                "16"));
        settings.putAll(more);
        return SwarmConfig.defaults().with(settings);
    }

    /** One action: JSON in, one JSON result out. */
    static JsonNode act(FlightClient client, String name, Object request, CallOption... options) {
        Iterator<Result> results = client.doAction(new Action(name, Json.write(request)), options);
        JsonNode answer = Json.tree(results.next().getBody());
        if (results.hasNext()) {
            throw new IllegalStateException(name + " answered twice");
        }
        return answer;
    }

    static FlightDescriptor command(Map<String, ?> fields) {
        return FlightDescriptor.command(Json.write(fields));
    }

    /** Puts bytes, in batches of {@code batchBytes}; the answer is the last PutResult's JSON. */
    static JsonNode putRaw(
            FlightClient client,
            BufferAllocator allocator,
            FlightDescriptor descriptor,
            byte[] bytes,
            int batchBytes,
            CallOption... options)
            throws Exception {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(RAW, allocator)) {
            Answers answers = new Answers();
            FlightClient.ClientStreamListener put = client.startPut(descriptor, root, answers, options);
            UInt1Vector vector = (UInt1Vector) root.getVector(0);
            for (int at = 0; at < bytes.length; at += batchBytes) {
                int length = Math.min(batchBytes, bytes.length - at);
                vector.allocateNew(length);
                for (int i = 0; i < length; i++) {
                    vector.set(i, bytes[at + i]);
                }
                root.setRowCount(length);
                put.putNext();
            }
            put.completed();
            put.getResult();
            return Json.tree(answers.last.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** All bytes of a descriptor, endpoint by endpoint. */
    static byte[] getRaw(FlightClient client, FlightDescriptor descriptor, CallOption... options) throws Exception {
        FlightInfo info = client.getInfo(descriptor, options);
        List<Byte> all = new ArrayList<>();
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            batches(
                    client,
                    endpoint.getTicket(),
                    root -> {
                        UInt1Vector vector = (UInt1Vector) root.getVector(0);
                        for (int i = 0; i < root.getRowCount(); i++) {
                            all.add(vector.get(i));
                        }
                    },
                    options);
        }
        byte[] bytes = new byte[all.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = all.get(i);
        }
        return bytes;
    }

    /** Reads a ticket to its end. */
    static void batches(FlightClient client, Ticket ticket, Consumer<VectorSchemaRoot> each, CallOption... options)
            throws Exception {
        FlightStream stream = client.getStream(ticket, options);
        try {
            while (stream.next()) {
                each.accept(stream.getRoot());
            }
        } finally {
            stream.close();
        }
    }

    /** Asserts what a call through Flight is refused with. */
    static void assertFails(ThrowingCallable call, FlightStatusCode status, ErrorCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FlightRuntimeException.class, e -> {
            assertThat(e.status().code()).isEqualTo(status);
            assertThat(e.status().description()).startsWith(code + ": ").contains(message);
            JsonNode body = Json.tree(e.status().metadata().getByte("x-swarm-error-bin"));
            assertThat(body.path("code").asText()).isEqualTo(code.name());
            assertThat(body.path("kind").asText()).isEqualTo(code.kind().name());
            assertThat(body.path("request_id").asText()).isNotEmpty();
        });
    }

    /** Keeps the metadata of the last PutResult. */
    static final class Answers extends AsyncPutListener {
        volatile String last = "{}";

        @Override
        public void onNext(PutResult result) {
            ArrowBuf metadata = result.getApplicationMetadata();
            byte[] text = new byte[(int) metadata.readableBytes()];
            metadata.getBytes(metadata.readerIndex(), text);
            last = new String(text, StandardCharsets.UTF_8);
        }
    }
}

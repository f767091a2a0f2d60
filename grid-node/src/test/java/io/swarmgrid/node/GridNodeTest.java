package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.SwarmConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One node, by everything a Flight client can ask. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GridNodeTest {
    private static final Schema NUMBERS = new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));

    private final BufferAllocator allocator = new RootAllocator();
    private SwarmConfig config = SwarmConfig.defaults();
    private GridNode node;
    private FlightClient client;

    @BeforeAll
    void start(@TempDir Path data) {
        config = NodeFixture.config(data, Map.of("limits.list-page", "3"));
        node = GridNode.start(config);
        client = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        node.close();
        node.close();
        assertThat(node.awaitTermination()).isEqualTo(NodeEnd.STOPPED);
        allocator.close();
    }

    @Test
    void putsAndGetsBytesOfEverySize() throws Exception {
        Random random = new Random(7);
        for (int size : new int[] {0, 1, 4096, 5000, 3_000_001}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            FlightDescriptor path = FlightDescriptor.path("bytes", "of-" + size);
            JsonNode put = NodeFixture.putRaw(client, allocator, path, bytes, 700_000);
            assertThat(put.path("committed").asBoolean()).isTrue();
            assertThat(put.path("size_bytes").asLong()).isEqualTo(size);
            assertThat(NodeFixture.getRaw(client, path)).isEqualTo(bytes);
        }
        Map<String, Object> range =
                Map.of("op", "file.read", "path", "/bytes/of-5000", "offset", 4990, "length_bytes", 10);
        assertThat(NodeFixture.getRaw(client, NodeFixture.command(range))).hasSize(10);
        NodeFixture.assertFails(
                () -> client.getInfo(NodeFixture.command(
                        Map.of("op", "file.read", "path", "/bytes/of-5000", "offset", 4990, "length_bytes", 11))),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.INVALID_ARGUMENT,
                "bad range: offset=4990, length_bytes=11 of a file of 5000 bytes");
    }

    @Test
    void putsAndReadsADataset() throws Exception {
        FlightDescriptor path = FlightDescriptor.path("sets", "numbers");
        putNumbers(path, 1000, 3);
        FlightInfo info = client.getInfo(path);
        assertThat(info.getSchemaOptional()).contains(NUMBERS);
        assertThat(client.getSchema(path).getSchema()).isEqualTo(NUMBERS);
        assertThat(info.getRecords()).isEqualTo(3000);
        assertThat(info.getOrdered()).isTrue();
        assertThat(sum(info)).isEqualTo(2999L * 3000 / 2);
        FlightEndpoint endpoint = info.getEndpoints().get(0);
        assertThat(endpoint.getExpirationTime()).isPresent();
        assertThat(endpoint.getLocations()).containsExactly(new Location(URI.create(node.location())));
        assertThat(Json.tree(endpoint.getAppMetadata()).path("rows").asLong()).isPositive();
        assertThat(StreamSupport.stream(
                        client.listFlights(new Criteria(Json.write(Map.of("path", "/sets"))))
                                .spliterator(),
                        false))
                .extracting(found -> found.getDescriptor().getPath())
                .containsExactly(List.of("sets", "numbers"));
        NodeFixture.assertFails(
                () -> putNumbers(path, 1, 1),
                FlightStatusCode.ALREADY_EXISTS,
                ErrorCode.ALREADY_EXISTS,
                "/sets/numbers");
    }

    @Test
    void renewsAndCancels() throws Exception {
        FlightDescriptor path = FlightDescriptor.path("sets", "renewed");
        putNumbers(path, 10, 1);
        FlightInfo info = client.getInfo(path);
        FlightEndpoint endpoint = info.getEndpoints().get(0);
        FlightEndpoint renewed = client.renewFlightEndpoint(new RenewFlightEndpointRequest(endpoint));
        assertThat(renewed.getExpirationTime().orElseThrow())
                .isAfterOrEqualTo(endpoint.getExpirationTime().orElseThrow());
        assertThat(renewed.getLocations()).isEqualTo(endpoint.getLocations());
        List<Integer> rows = new ArrayList<>();
        NodeFixture.batches(client, renewed.getTicket(), root -> rows.add(root.getRowCount()));
        assertThat(rows).containsExactly(10);
        assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
                .isEqualTo(CancelStatus.CANCELLED);
    }

    @Test
    void pagesThroughADirectory() {
        for (int i = 0; i < 7; i++) {
            NodeFixture.act(client, "fs.mkdir", Map.of("path", "/pages/d" + i, "parents", true));
        }
        String token = null;
        StringBuilder names = new StringBuilder();
        do {
            Map<String, Object> ask = token == null
                    ? Map.of("path", "/pages", "page_size", 100)
                    : Map.of("path", "/pages", "page_token", token);
            JsonNode page = NodeFixture.act(client, "fs.list", ask);
            assertThat(page.path("entries").size()).isBetween(1, 3);
            page.path("entries")
                    .forEach(entry -> names.append(entry.path("path").asText()));
            token = page.path("next_page_token").textValue();
        } while (token != null);
        assertThat(names).hasToString("/pages/d0/pages/d1/pages/d2/pages/d3/pages/d4/pages/d5/pages/d6");
        NodeFixture.assertFails(
                () -> NodeFixture.act(client, "fs.list", Map.of("path", "/pages", "page_token", "d3")),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.INVALID_ARGUMENT,
                "bad page_token");
    }

    @Test
    void carriesTheClassAndTheRequestId() throws Exception {
        CallOption bulk = headers(Map.of("x-swarm-qos", "bulk", "x-swarm-request-id", "job-7"));
        JsonNode me = NodeFixture.act(client, "grid.whoami", Map.of(), bulk);
        assertThat(me.path("qos").asText()).isEqualTo("bulk");
        assertThat(me.path("request_id").asText()).isEqualTo("job-7");
        assertThat(me.path("name").asText()).isEqualTo("local");
        long before = bulkBytesIn();
        NodeFixture.putRaw(
                client, allocator, FlightDescriptor.path("bytes", "in-bulk"), new byte[100_000], 50_000, bulk);
        assertThat(bulkBytesIn() - before).isGreaterThanOrEqualTo(100_000);
        NodeFixture.assertFails(
                () -> NodeFixture.act(client, "grid.whoami", Map.of(), headers(Map.of("x-swarm-qos", "gold"))),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.INVALID_ARGUMENT,
                "unknown QoS class 'gold' (known: realtime, interactive, bulk, background)");
    }

    @Test
    void answersProbesOverHttp() throws Exception {
        assertThat(http("/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = http("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("{\"ready\":true,\"node\":\"n1\",\"detail\":\"ok\"}");
        assertThat(http("/metrics").body())
                .contains(
                        "swarm_store_free_bytes",
                        "swarm_tasks{state=\"running\"",
                        "swarm_task_attempt_seconds_bucket{outcome=\"succeeded\"",
                        "swarm_tasks_ended_total{state=\"failed\"",
                        "jvm_memory_used_bytes",
                        "swarm_transfer_bytes_total{class=\"bulk\"");
        assertThat(http("/version").body()).contains("product_version");
        assertThat(http("/nonsense").statusCode()).isEqualTo(404);
    }

    @Test
    void refusesAPortThatIsTaken(@TempDir Path other) {
        SwarmConfig second = NodeFixture.config(
                other, Map.of("listen.flight", config.listen().flight().toString()));
        assertThatThrownBy(() -> GridNode.start(second))
                .hasMessageContaining(
                        "cannot listen: listen.flight=" + config.listen().flight())
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED));
    }

    private HttpResponse<String> http(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.httpPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private long bulkBytesIn() {
        for (JsonNode each : NodeFixture.act(client, "qos.classes", Map.of()).path("classes")) {
            if (each.path("name").asText().equals("bulk")) {
                return each.path("bytes_in").asLong();
            }
        }
        throw new IllegalStateException("no class bulk");
    }

    private void putNumbers(FlightDescriptor path, int rows, int batches) throws Exception {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(NUMBERS, allocator)) {
            NodeFixture.Answers answers = new NodeFixture.Answers();
            FlightClient.ClientStreamListener put = client.startPut(path, root, answers);
            BigIntVector vector = (BigIntVector) root.getVector(0);
            for (int batch = 0; batch < batches; batch++) {
                vector.allocateNew(rows);
                for (int i = 0; i < rows; i++) {
                    vector.set(i, (long) batch * rows + i);
                }
                root.setRowCount(rows);
                put.putNext();
            }
            put.completed();
            put.getResult();
        }
    }

    private long sum(FlightInfo info) throws Exception {
        AtomicLong sum = new AtomicLong();
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            NodeFixture.batches(client, endpoint.getTicket(), root -> {
                BigIntVector vector = (BigIntVector) root.getVector(0);
                for (int i = 0; i < vector.getValueCount(); i++) {
                    sum.addAndGet(vector.get(i));
                }
            });
        }
        return sum.get();
    }

    private static CallOption headers(Map<String, String> named) {
        FlightCallHeaders headers = new FlightCallHeaders();
        named.forEach(headers::insert);
        return new HeaderCallOption(headers);
    }
}

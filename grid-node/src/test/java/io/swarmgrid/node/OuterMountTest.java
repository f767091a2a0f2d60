package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the machine, mounted, as plain Flight and the actions show it. */
class OuterMountTest {
    private static final int LENGTH = 3_000_000;

    @TempDir
    private Path directory;

    private final BufferAllocator allocator = new RootAllocator();
    private Path outer;
    private byte[] content = {};
    private GridNode node;
    private FlightClient flight;
    private GridClient client;

    @BeforeEach
    void start() throws IOException {
        outer = Files.createDirectories(directory.resolve("outer"));
        content = new byte[LENGTH];
        new Random(7).nextBytes(content);
        Files.write(Files.createDirectory(outer.resolve("sets")).resolve("large"), content);
        Files.write(outer.resolve("small"), new byte[] {1, 2, 3});
        node = GridNode.start(NodeFixture.config(
                directory.resolve("node"),
                Map.of(
                        "storage.replicas", "1",
                        "storage.min-replicas", "1",
                        "storage.block-size", "1MiB",
                        "storage.chunk-size", "256KiB",
                        "storage.outer.page-size", "128KiB",
                        "storage.outer.status-ttl", "0s",
                        "storage.outer.allowed", "file://" + outer)));
        flight = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
        client = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT);
        NodeFixture.act(flight, "fs.attach", Map.of("path", "/data/x", "uri", "file:" + outer + "/"));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        flight.close();
        node.close();
        allocator.close();
    }

    private static FlightDescriptor path(String... names) {
        return FlightDescriptor.path(names);
    }

    private JsonNode act(String name, Map<String, ?> request) {
        return NodeFixture.act(flight, name, request);
    }

    private ErrorCode refusal(String action, Map<String, ?> request) {
        GridException error =
                catchThrowableOfType(GridException.class, () -> client.action(action, request, FileStatus.class));
        assertThat(error).as(action).isNotNull();
        return error.code();
    }

    @Test
    void isListedAndLookedAtAsIfItWereHere() {
        JsonNode listing = act("fs.list", Map.of("path", "/data/x"));
        assertThat(listing.path("entries").findValuesAsText("path")).containsExactly("/data/x/sets", "/data/x/small");
        JsonNode file = act("fs.stat", Map.of("path", "/data/x/sets/large"));
        assertThat(file.path("size_bytes").asLong()).isEqualTo(LENGTH);
        assertThat(file.path("kind").asText()).isEqualTo("file");
        long id = file.path("id").asLong();
        assertThat(act("fs.stat", Map.of("path", "/data/x/sets/large", "id", id)))
                .isEqualTo(file);
        assertThat(act("fs.usage", Map.of("path", "/data/x")).path("size_bytes").asLong())
                .isEqualTo(LENGTH + 3);
        JsonNode page = act("fs.list", Map.of("path", "/data/x", "page_size", 1));
        assertThat(act(
                                "fs.list",
                                Map.of(
                                        "path",
                                        "/data/x",
                                        "page_token",
                                        page.path("next_page_token").asText()))
                        .path("entries")
                        .findValuesAsText("path"))
                .containsExactly("/data/x/small");
        JsonNode mount = act("fs.mounts", Map.of()).path("mounts").path(0);
        assertThat(mount.path("path").asText()).isEqualTo("/data/x");
        assertThat(mount.path("uri").asText()).isEqualTo("file://" + outer);
        CRC32C crc = new CRC32C();
        crc.update(content);
        assertThat(act("fs.checksum", Map.of("path", "/data/x/sets/large"))
                        .path("crc32c")
                        .asText())
                .isEqualTo(String.format("%08x", crc.getValue()));
    }

    @Test
    void isReadByFlightWholeAndInPartsAndNearTheSecondTime() throws Exception {
        FlightInfo info = flight.getInfo(path("data", "x", "sets", "large"));
        assertThat(info.getBytes()).isEqualTo(LENGTH);
        assertThat(info.getEndpoints()).as("one each block").hasSize(3);
        assertThat(NodeFixture.getRaw(flight, path("data", "x", "sets", "large")))
                .isEqualTo(content);
        JsonNode first = statistics();
        assertThat(first.path("store_bytes").asLong()).isEqualTo(LENGTH);
        assertThat(NodeFixture.getRaw(flight, path("data", "x", "sets", "large")))
                .isEqualTo(content);
        assertThat(statistics().path("store_bytes").asLong()).isEqualTo(LENGTH);
        assertThat(statistics().path("near_bytes").asLong())
                .isGreaterThanOrEqualTo(first.path("near_bytes").asLong() + LENGTH);
        byte[] part = NodeFixture.getRaw(
                flight,
                NodeFixture.command(Map.of(
                        "op",
                        "file.read",
                        "path",
                        "/data/x/sets/large",
                        "offset",
                        1_000_001,
                        "length_bytes",
                        500_000)));
        assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(content, 1_000_001, 1_500_001));
    }

    private JsonNode statistics() {
        return act("fs.mounts", Map.of()).path("mounts").path(0).path("statistics");
    }

    @Test
    void aTicketPinsAVersion() throws Exception {
        FlightInfo info = flight.getInfo(path("data", "x", "small"));
        Files.write(outer.resolve("small"), new byte[] {4, 5, 6, 7});
        FlightRuntimeException error = catchThrowableOfType(
                FlightRuntimeException.class,
                () -> NodeFixture.batches(flight, info.getEndpoints().get(0).getTicket(), root -> {}));
        assertThat(error.status().code()).isEqualTo(FlightStatusCode.INVALID_ARGUMENT);
        assertThat(error).hasMessageContaining("was changed in the outer store");
        assertThat(NodeFixture.getRaw(flight, path("data", "x", "small"))).containsExactly(4, 5, 6, 7);
    }

    @Test
    void nothingThereIsChanged() {
        String file = "/data/x/small";
        Map<String, Map<String, ?>> changes = Map.of(
                "fs.mkdir", Map.of("path", "/data/x/new"),
                "fs.create", Map.of("path", "/data/x/sets/new"),
                "fs.rename", Map.of("from", file, "to", "/out"),
                "fs.remove", Map.of("path", file),
                "fs.truncate", Map.of("path", file, "size_bytes", 1),
                "fs.concat", Map.of("path", file, "sources", List.of("/data/x/sets/large")),
                "fs.set_status", Map.of("path", file, "permission", 0600),
                "fs.set_attribute", Map.of("path", file, "name", "a", "value", "b"),
                "fs.set_replication", Map.of("path", file, "replicas", 1),
                "fs.recover_lease", Map.of("path", file));
        changes.forEach((action, request) ->
                assertThat(refusal(action, request)).as(action).isEqualTo(ErrorCode.UNSUPPORTED));
        assertThat(refusal(
                        "fs.put_many",
                        Map.of("path", "/data/x/sets", "files", List.of(Map.of("name", "a", "content", "eA==")))))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal("fs.remove", Map.of("path", "/data/x", "recursive", true)))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        GridException put = catchThrowableOfType(GridException.class, () -> {
            try (FileOutput output = new FileOutput(client, new FilePut("/data/x/sets/new", null, null, null, null))) {
                output.write(content, 0, LENGTH);
                output.commit();
            }
        });
        assertThat(put.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(outer.resolve("small")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(outer.toFile().list()).containsExactlyInAnyOrder("sets", "small");
    }

    @Test
    void badAttachesAreRefused() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        assertThat(refusal("fs.attach", Map.of("path", "/y", "uri", "file://" + other)))
                .isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(refusal("fs.attach", Map.of("path", "/y", "uri", "no address")))
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refusal("fs.attach", Map.of("path", "/y", "uri", "file://" + outer + "/none")))
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refusal("fs.attach", Map.of("path", "/y", "uri", "file://" + outer + "/small")))
                .isEqualTo(ErrorCode.NOT_A_DIRECTORY);
        String uri = "file://" + outer + "/sets";
        assertThat(refusal("fs.attach", Map.of("path", "/data/x", "uri", uri))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(refusal("fs.attach", Map.of("path", "/data/x/y", "uri", uri)))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal("fs.attach", Map.of("path", "/.swarm/y", "uri", uri)))
                .isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(refusal("fs.detach", Map.of("path", "/data"))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        act("fs.detach", Map.of("path", "/data/x"));
        assertThat(act("fs.mounts", Map.of()).path("mounts")).isEmpty();
        assertThat(refusal("fs.stat", Map.of("path", "/data/x/small"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(outer.resolve("small")).exists();
    }
}

package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesClient;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.CallFailure;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.StatRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whichever door of a node is asked, the answer is the same, and so is what is wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeDoorsTest {
    private final BufferAllocator allocator = new RootAllocator();
    private GridNode node;
    private FlightClient client;

    @BeforeAll
    void start(@TempDir Path data) {
        node = GridNode.start(NodeFixture.config(data, Map.of("limits.request-size", "4KiB")));
        client = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        node.close();
        allocator.close();
    }

    @Test
    void aPutIdIsOfOnePathThroughEveryDoor() throws Exception {
        NodeFixture.act(client, "fs.mkdir", Map.of("path", "/ids"));
        try (GridClient plain = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT)) {
            PutResult first = putText(plain, "/ids/a", "of a");
            assertThat(putText(plain, "/ids/b", "of b, longer").sizeBytes()).isEqualTo(12);
            assertThat(putText(plain, "/ids/a", "again, other bytes")).isEqualTo(first);
        }
        FlightDescriptor again = NodeFixture.command(Map.of("op", "file.put", "path", "/ids/a", "put_id", "same"));
        assertThat(NodeFixture.putRaw(client, allocator, again, new byte[50], 50)
                        .path("size_bytes")
                        .asLong())
                .isEqualTo(4);
        assertThat(NodeFixture.getRaw(client, FlightDescriptor.path("ids", "a")))
                .isEqualTo("of a".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSmallFileIsPutByOneCallWhereItsWriterIsOnTheMachine() throws Exception {
        NodeFixture.act(client, "fs.mkdir", Map.of("path", "/small"));
        FilePut once = new FilePut("/small/a", null, "first", null, null);
        try (GridClient near = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT)) {
            PutResult streamed = commit(near, once, "text");
            StatRequest any = new StatRequest("/small", null);
            while (near.actionHere("fs.stat", any, FileStatus.class) == null) {
                FileStatus unused = near.action("fs.stat", any, FileStatus.class);
            }
            assertThat(commit(near, once, "other text")).isEqualTo(streamed); // the same put, whichever way it comes
            FilePut put = new FilePut("/small/b", null, null, null, null);
            assertThat(commit(near, put, "by one call")).isEqualTo(new PutResult(true, "/small/b", null, 11, 1));
            assertThat(NodeFixture.getRaw(client, FlightDescriptor.path("small", "b")))
                    .isEqualTo("by one call".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> commit(near, put, "another"))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
            FilePut over = new FilePut("/small/b", true, null, null, null);
            assertThat(commit(near, over, "").version()).isEqualTo(2);
            assertThat(commit(near, over, "x".repeat(4097)).sizeBytes()).isEqualTo(4097); // as a stream
        }
        NodeFixture.assertFails(
                () -> NodeFixture.act(
                        client, "fs.put", Map.of("path", "/small/c", "content", "eA==", "crc32c", "00000000")),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.CORRUPT_INPUT,
                "bytes were damaged on the way: path=/small/c");
    }

    private static PutResult commit(GridClient near, FilePut put, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (FileOutput output = new FileOutput(near, put)) {
            output.write(bytes, 0, bytes.length);
            PutResult result = output.commit();
            StatRequest stored = new StatRequest(put.path(), null);
            assertThat(output.fileId())
                    .isEqualTo(near.action("fs.stat", stored, FileStatus.class).id());
            return result;
        }
    }

    @Test
    void copiesAreOneToSixteenThroughEveryDoor() {
        NodeFixture.act(client, "fs.mkdir", Map.of("path", "/copies"));
        try (GridClient plain = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT)) {
            for (int replicas : List.of(-1, 0, 17, 100)) {
                String why = "bad replicas: " + replicas + ", expected 1 to 16";
                FilePut put = new FilePut("/copies/file", null, null, replicas, null);
                assertThatThrownBy(() -> put(plain, put, "text"))
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                        .hasMessage(why);
                FlightDescriptor byFlight =
                        NodeFixture.command(Map.of("op", "file.put", "path", "/copies/file", "replicas", replicas));
                NodeFixture.assertFails(
                        () -> NodeFixture.putRaw(client, allocator, byFlight, new byte[50], 50),
                        FlightStatusCode.INVALID_ARGUMENT,
                        ErrorCode.INVALID_ARGUMENT,
                        why);
                NodeFixture.assertFails(
                        () -> NodeFixture.act(
                                client, "fs.set_replication", Map.of("path", "/copies/file", "replicas", replicas)),
                        FlightStatusCode.INVALID_ARGUMENT,
                        ErrorCode.INVALID_ARGUMENT,
                        why);
            }
        }
        assertThat(NodeFixture.act(client, "fs.list", Map.of("path", "/copies")).path("entries"))
                .isEmpty();
    }

    private static PutResult putText(GridClient plain, String path, String text) throws IOException {
        return put(plain, new FilePut(path, null, "same", null, null), text);
    }

    private static PutResult put(GridClient plain, FilePut put, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new FileTransfer(plain)
                .put(
                        put,
                        bytes.length,
                        java.nio.channels.Channels.newChannel(new ByteArrayInputStream(bytes)),
                        sent -> {});
    }

    @Test
    void answersActionsWithoutFlightAsWithIt() {
        NodeFixture.act(client, "fs.mkdir", Map.of("path", "/asked/twice", "parents", true));
        try (GridClient plain = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT)) {
            Map<String, Object> request = Map.of("path", "/asked/twice");
            assertThat(plain.action("fs.stat", request, JsonNode.class))
                    .isEqualTo(NodeFixture.act(client, "fs.stat", request));
            for (Map.Entry<String, Object> wrong : Map.<String, Object>of(
                            "fs.stat", Map.of("path", "/asked/twise"),
                            "fs.statt", Map.of(),
                            "fs.list", Map.of("path", "/asked", "size", 1),
                            "fs.mkdir", Map.of("path", "/" + "x".repeat(5000)))
                    .entrySet()) {
                GridException byFlight =
                        catchThrowableOfType(GridException.class, () -> flightAct(wrong.getKey(), wrong.getValue()));
                assertThatThrownBy(() -> plain.action(wrong.getKey(), wrong.getValue(), JsonNode.class))
                        .isInstanceOfSatisfying(GridException.class, e -> {
                            assertThat(e.code()).isEqualTo(byFlight.code());
                            assertThat(e.hint()).isEqualTo(byFlight.hint());
                            assertThat(e.path()).isEqualTo(byFlight.path());
                        })
                        .hasMessage(byFlight.getMessage());
            }
        }
    }

    private JsonNode flightAct(String action, Object request) {
        try {
            return NodeFixture.act(client, action, request);
        } catch (FlightRuntimeException e) {
            throw CallFailure.of(e).error();
        }
    }

    @Test
    void saysWhatIsWrongWithARequest() {
        NodeFixture.assertFails(
                () -> NodeFixture.act(client, "fs.stat", Map.of("path", "/nowhere")),
                FlightStatusCode.NOT_FOUND,
                ErrorCode.NOT_FOUND,
                "NOT_FOUND: not found: /nowhere");
        NodeFixture.assertFails(
                () -> NodeFixture.act(client, "fs.sat", Map.of()),
                FlightStatusCode.UNIMPLEMENTED,
                ErrorCode.UNKNOWN_OPERATION,
                "unknown action 'fs.sat' (did you mean fs.stat");
        NodeFixture.assertFails(
                () -> NodeFixture.act(client, "fs.stat", Map.of("path", "x".repeat(5000))),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.INVALID_ARGUMENT,
                "limits.request-size");
        NodeFixture.assertFails(
                () -> client.getInfo(FlightDescriptor.path("")),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.INVALID_ARGUMENT,
                "a name is empty");
        NodeFixture.assertFails(
                () -> NodeFixture.act(client, "fs.remove", Map.of("path", "/.swarm", "recursive", true)),
                FlightStatusCode.UNAUTHORIZED,
                ErrorCode.PERMISSION_DENIED,
                "/.swarm is the grid's own");
        NodeFixture.assertFails(
                () -> client.getInfo(FlightDescriptor.path(".swarm", "staging")),
                FlightStatusCode.UNAUTHORIZED,
                ErrorCode.PERMISSION_DENIED,
                "/.swarm is the grid's own");
        assertBytesDoorRefuses("/.swarm/staging/x");
        NodeFixture.act(client, "fs.mkdir", Map.of("path", "/a-directory"));
        NodeFixture.assertFails(
                () -> client.getInfo(FlightDescriptor.path("a-directory")),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.IS_A_DIRECTORY,
                "the action fs.list shows what is in it");
        NodeFixture.assertFails(
                () -> client.getStream(new Ticket("rubbish".getBytes(StandardCharsets.UTF_8)))
                        .next(),
                FlightStatusCode.INVALID_ARGUMENT,
                ErrorCode.BAD_TICKET,
                "it is none of SwarmGrid's");
    }

    private void assertBytesDoorRefuses(String path) {
        try (Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient bytes = new BytesClient(channels);
            assertThatThrownBy(() -> {
                        FileDownload download = bytes.read(
                                node.location(),
                                CallHeaders.NONE,
                                new FileRead(path, null, null),
                                Duration.ofMinutes(1));
                        try {
                            download.next();
                        } finally {
                            download.close();
                        }
                    })
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
            assertThatThrownBy(() -> bytes.open(
                            node.location(), CallHeaders.NONE, new FileRead(path, null, null), Duration.ofMinutes(1)))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
                    .hasMessageContaining("/.swarm is the grid's own");
        }
    }
}

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
import io.swarmgrid.client.wire.StatRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the machine, mounted to be written to as well. */
class OuterWriteTest {
    @TempDir
    private Path directory;

    private final BufferAllocator allocator = new RootAllocator();
    private Path outer;
    private GridNode node;
    private FlightClient flight;
    private GridClient client;

    @BeforeEach
    void start() throws IOException {
        outer = Files.createDirectories(directory.resolve("outer"));
        // What was changed is known at once where it was changed.
        node = GridNode.start(NodeFixture.config(
                directory.resolve("node"),
                Map.of(
                        "storage.replicas", "1",
                        "storage.min-replicas", "1",
                        "storage.outer.status-ttl", "1h",
                        "storage.outer.allowed", "file://" + outer)));
        flight = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
        client = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT);
        put("/before", "x"); // which looks for mounts that are written to, and finds none
        act("fs.attach", Map.of("path", "/x", "uri", "file://" + outer, "write_through", true));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        flight.close();
        node.close();
        allocator.close();
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

    private void put(String path, String text) {
        put(path, text.getBytes(StandardCharsets.UTF_8), false);
    }

    private void put(String path, byte[] bytes, boolean overwrite) {
        try (FileOutput output = new FileOutput(client, new FilePut(path, overwrite, null, null, null))) {
            output.write(bytes, 0, bytes.length);
            output.commit();
        }
    }

    private List<String> names(String path) {
        return act("fs.list", Map.of("path", path)).path("entries").findValuesAsText("path");
    }

    @Test
    void whatIsPutIsInTheStoreAndReadFromIt() throws Exception {
        byte[] large = new byte[5_000_011];
        new Random(3).nextBytes(large);
        assertThat(names("/x")).isEmpty();
        put("/x/new/ä b", large, false);
        assertThat(outer.resolve("new/ä b")).hasBinaryContent(large);
        assertThat(names("/x")).containsExactly("/x/new");
        FileStatus status = client.action("fs.stat", new StatRequest("/x/new/ä b", null), FileStatus.class);
        assertThat(status.sizeBytes()).isEqualTo(large.length);
        assertThat(NodeFixture.getRaw(flight, FlightDescriptor.path("x", "new", "ä b")))
                .isEqualTo(large);
        GridException exists = catchThrowableOfType(GridException.class, () -> put("/x/new/ä b", "other"));
        assertThat(exists.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
        put("/x/new/ä b", "other".getBytes(StandardCharsets.UTF_8), true);
        assertThat(NodeFixture.getRaw(flight, FlightDescriptor.path("x", "new", "ä b")))
                .isEqualTo("other".getBytes(StandardCharsets.UTF_8));
        assertThat(outer.resolve("new").toFile().list()).containsExactly("ä b");
    }

    @Test
    void aPutThatIsGivenUpLeavesNothing() {
        try (FileOutput output = new FileOutput(client, new FilePut("/x/a", false, null, null, null))) {
            byte[] some = new byte[3_000_000];
            output.write(some, 0, some.length);
        }
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(outer.toFile().list()).isEmpty());
    }

    @Test
    void directoriesAreMadeAndEntriesRenamedAndRemovedInTheStore() throws IOException {
        act("fs.mkdir", Map.of("path", "/x/d/e", "parents", true));
        assertThat(outer.resolve("d/e")).isDirectory();
        assertThat(refusal("fs.mkdir", Map.of("path", "/x/d"))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(refusal("fs.mkdir", Map.of("path", "/x/none/f"))).isEqualTo(ErrorCode.NOT_FOUND);
        put("/x/d/a", "1");
        act("fs.rename", Map.of("from", "/x/d/a", "to", "/x/d/e/b"));
        assertThat(outer.resolve("d/e/b")).hasContent("1");
        assertThat(names("/x/d")).containsExactly("/x/d/e");
        assertThat(names("/x/d/e")).containsExactly("/x/d/e/b");
        act("fs.rename", Map.of("from", "/x/d", "to", "/x/moved"));
        assertThat(names("/x/moved/e")).containsExactly("/x/moved/e/b");
        assertThat(refusal("fs.list", Map.of("path", "/x/d/e"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refusal("fs.remove", Map.of("path", "/x/moved"))).isEqualTo(ErrorCode.DIRECTORY_NOT_EMPTY);
        act("fs.remove", Map.of("path", "/x/moved", "recursive", true));
        assertThat(outer.toFile().list()).isEmpty();
        assertThat(names("/x")).isEmpty();
        assertThat(refusal("fs.remove", Map.of("path", "/x/moved"))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whatAStoreCannotHaveIsRefused() throws IOException {
        put("/x/a", "1");
        assertThat(refusal("fs.rename", Map.of("from", "/x/a", "to", "/out"))).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal("fs.rename", Map.of("from", "/before", "to", "/x/in")))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal("fs.truncate", Map.of("path", "/x/a", "size_bytes", 0)))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal("fs.set_attribute", Map.of("path", "/x/a", "name", "n", "value", "v")))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal(
                        "fs.put_many", Map.of("path", "/x", "files", List.of(Map.of("name", "b", "content", "eA==")))))
                .as("so that they are put one by one")
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refusal("fs.remove", Map.of("path", "/x", "recursive", true)))
                .as("the mount itself")
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(outer.toFile().list()).containsExactly("a");
    }

    @Test
    void inSafeModeNothingOfItIsChanged() throws IOException {
        put("/x/a", "1");
        act("grid.safe_mode", Map.of("on", true));
        try {
            GridException put = catchThrowableOfType(GridException.class, () -> put("/x/b", "1"));
            assertThat(put.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            assertThat(refusal("fs.remove", Map.of("path", "/x/a"))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            assertThat(refusal("fs.rename", Map.of("from", "/x/a", "to", "/x/b")))
                    .isEqualTo(ErrorCode.PRECONDITION_FAILED);
            assertThat(refusal("fs.mkdir", Map.of("path", "/x/d"))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        } finally {
            act("grid.safe_mode", Map.of("on", false));
        }
        assertThat(outer.toFile().list()).containsExactly("a");
    }

    @Test
    void aMountOfTheSameStoreThatIsReadStaysSo() throws IOException {
        act("fs.attach", Map.of("path", "/read", "uri", "file://" + outer));
        put("/x/a", "1");
        assertThat(refusal("fs.remove", Map.of("path", "/read/a"))).isEqualTo(ErrorCode.UNSUPPORTED);
        GridException put = catchThrowableOfType(GridException.class, () -> put("/read/b", "1"));
        assertThat(put.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(act("fs.stat", Map.of("path", "/read/a")).path("permission").asInt())
                .isEqualTo(0444);
        assertThat(act("fs.stat", Map.of("path", "/x/a")).path("permission").asInt())
                .isEqualTo(0644);
        JsonNode mounts = act("fs.mounts", Map.of()).path("mounts");
        assertThat(mounts.findValuesAsText("writes")).containsExactly("false", "true");
    }
}

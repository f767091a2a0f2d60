package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.config.SwarmConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code fs.check} finds on one node with files of two blocks each. */
class CheckTest {
    private static final int BLOCK = 64 << 10;
    private static final List<String> PATHS = List.of("/a/b/one", "/a/b/two", "/a/three", "/z");

    @TempDir
    private Path data;

    private final BufferAllocator allocator = new RootAllocator();
    private GridNode node;
    private FlightClient client;

    @BeforeEach
    void start() throws Exception {
        SwarmConfig config = NodeFixture.config(
                data,
                Map.of(
                        "storage.block-size", "64KiB",
                        "storage.chunk-size", "64KiB",
                        "storage.replicas", "1",
                        "storage.min-replicas", "1"));
        node = GridNode.start(config);
        client = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
        for (String path : PATHS) {
            byte[] bytes = new byte[BLOCK + 5000];
            NodeFixture.putRaw(client, allocator, FlightDescriptor.path(names(path)), bytes, BLOCK);
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        node.close();
        allocator.close();
    }

    @Test
    void goesThroughATreePageByPage() {
        JsonNode whole = check(Map.of("path", "/"));
        assertThat(whole.path("files").asLong()).isEqualTo(4);
        assertThat(whole.path("directories").asLong()).isEqualTo(3);
        assertThat(whole.path("blocks").asLong()).isEqualTo(8);
        assertThat(whole.path("size_bytes").asLong()).isEqualTo(4L * (BLOCK + 5000));
        assertThat(whole.path("problems")).isEmpty();
        assertThat(whole.has("next_page_token")).isFalse();

        for (String path : List.of("/", "/a")) {
            List<JsonNode> pages = pages(path);
            assertThat(pages.stream()
                            .mapToLong(page -> page.path("files").asLong())
                            .sum())
                    .isEqualTo(path.equals("/") ? 4 : 3);
            assertThat(pages.stream()
                            .mapToLong(page -> page.path("directories").asLong())
                            .sum())
                    .isEqualTo(path.equals("/") ? 3 : 2);
        }
        assertThat(check(Map.of("path", "/z")).path("blocks").asLong()).isEqualTo(2);
        assertThatThrownBy(() -> check(Map.of("path", "/none")))
                .isInstanceOf(FlightRuntimeException.class)
                .hasMessageContaining("NOT_FOUND");
        assertThatThrownBy(() -> check(Map.of("path", "/", "page_token", "AAAAAAAAAAAAAAAA")))
                .isInstanceOf(FlightRuntimeException.class)
                .hasMessageContaining("bad page_token");
    }

    @Test
    void tellsWhatIsDamagedMissingAndLacking() throws Exception {
        Path flipped = block("/a/b/one", 0);
        try (RandomAccessFile file = new RandomAccessFile(flipped.toFile(), "rw")) {
            file.seek(BLOCK / 2);
            file.write(7);
        }
        Path cut = block("/a/b/two", 1);
        try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
            file.setLength(100);
        }
        Files.delete(block("/z", 0));
        NodeFixture.act(client, "fs.set_replication", Map.of("path", "/a/three", "replicas", 2));

        JsonNode found = check(Map.of("path", "/", "verify", true, "repair", true));

        assertThat(found.path("corrupt_blocks").asLong()).isEqualTo(3);
        assertThat(found.path("missing_blocks").asLong()).isZero();
        assertThat(found.path("under_replicated_blocks").asLong()).isEqualTo(2);
        assertThat(found.path("repaired_copies").asLong()).isZero();
        List<String> problems = new ArrayList<>();
        found.path("problems")
                .forEach(problem -> problems.add(problem.path("path").asText() + " "
                        + problem.path("offset").asLong() + " "
                        + problem.path("problem").asText()));
        assertThat(problems)
                .containsExactly(
                        "/a/b/one 0 corrupt",
                        "/a/b/two " + BLOCK + " corrupt",
                        "/a/three 0 under_replicated",
                        "/a/three " + BLOCK + " under_replicated",
                        "/z 0 corrupt");
        assertThat(found.path("problems")
                        .get(1)
                        .path("copies")
                        .get(0)
                        .path("detail")
                        .asText())
                .contains("file has 100 of 5000 bytes");
    }

    private JsonNode check(Map<String, Object> request) {
        return NodeFixture.act(client, "fs.check", request);
    }

    private List<JsonNode> pages(String path) {
        List<JsonNode> pages = new ArrayList<>();
        Map<String, Object> ask = new HashMap<>(Map.of("path", path, "page_size", 1));
        JsonNode page = check(ask);
        pages.add(page);
        while (page.has("next_page_token")) {
            ask.put("page_token", page.path("next_page_token").asText());
            page = check(ask);
            pages.add(page);
        }
        return pages;
    }

    private Path block(String path, int index) throws IOException {
        String id = NodeFixture.act(client, "fs.locate", Map.of("path", path))
                .path("blocks")
                .get(index)
                .path("block_id")
                .asText();
        try (Stream<Path> all = Files.walk(data.resolve("blocks"))) {
            return all.filter(file -> file.getFileName().toString().matches(id + "\\.\\d+"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> names(String path) {
        return List.of(path.substring(1).split("/"));
    }
}

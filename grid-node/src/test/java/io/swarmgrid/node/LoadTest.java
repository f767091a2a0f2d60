package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node brings what lies on its disk into its memory, of which near copies may take 8 MiB. */
class LoadTest {
    private static final int BLOCK = 64 << 10;
    private static final int ROOM = 8 << 20;

    @TempDir
    private Path directory;

    private final BufferAllocator allocator = new RootAllocator();
    private GridNode node;
    private FlightClient flight;
    private GridClient client;

    @BeforeEach
    void start() {
        node = GridNode.start(NodeFixture.config(
                directory.resolve("node"),
                Map.of(
                        "storage.outer.status-ttl", "0s",
                        "storage.replicas", "1",
                        "storage.min-replicas", "1",
                        "storage.block-size", "64KiB",
                        "storage.chunk-size", "64KiB",
                        "storage.cache.share", "50%",
                        "storage.outer.allowed", "file://" + directory,
                        "storage.tiers",
                                "[{medium: mem, path: " + tier("mem") + ", capacity: 16MiB}, {medium: ssd, path: "
                                        + tier("ssd") + ", capacity: 256MiB}]")));
        flight = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
        client = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        flight.close();
        node.close();
        allocator.close();
    }

    private Path tier(String medium) {
        return directory.resolve(medium);
    }

    private JsonNode load(Map<String, ?> request) {
        JsonNode run = NodeFixture.act(flight, "cache.load", request);
        while (run.path("state").asText().equals("running")) {
            run = NodeFixture.act(
                    flight, "cache.load", Map.of("run", run.path("run").asText()));
        }
        return run;
    }

    private byte[] put(String path, int length) throws Exception {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        NodeFixture.putRaw(flight, allocator, FlightDescriptor.path(names(path)), bytes, BLOCK);
        return bytes;
    }

    private static String[] names(String path) {
        return path.substring(1).split("/");
    }

    private long nearFiles(String medium) throws IOException {
        try (Stream<Path> all = Files.walk(tier(medium).resolve("near"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private static void assertDone(JsonNode end, int files, int blocks, long brought) {
        assertThat(end.path("state").asText()).as("%s", end).isEqualTo("done");
        assertThat(end.path("missing")).as("%s", end).isEmpty();
        assertThat(end.path("files").asInt()).isEqualTo(files);
        assertThat(end.path("total_files").asInt()).isEqualTo(files);
        assertThat(end.path("blocks").asInt()).isEqualTo(blocks);
        assertThat(end.path("total_blocks").asInt()).isEqualTo(blocks);
        assertThat(end.path("brought_bytes").asLong()).isEqualTo(brought);
        assertThat(end.path("changed").asBoolean()).isFalse();
    }

    @Test
    void bringsATreeOnceAndWhatIsOnSuchATierNotAtAll() throws Exception {
        byte[] one = put("/d/one", 5 * BLOCK + 17);
        put("/d/e/two", 10_000);
        put("/d/small", 100);
        NodeFixture.act(flight, "fs.mkdir", Map.of("path", "/d/empty"));

        assertDone(load(Map.of("path", "/d", "tier", "ssd")), 3, 7, 0);
        assertThat(nearFiles("ssd") + nearFiles("mem")).isZero();
        JsonNode end = load(Map.of("path", "/d"));
        assertDone(end, 3, 7, 5 * BLOCK + 17 + 10_000);
        assertThat(end.path("tier").asText()).isEqualTo("mem");
        assertThat(end.path("node").asText()).isEqualTo("n1");
        assertThat(nearFiles("mem")).isEqualTo(7);
        assertThat(NodeFixture.getRaw(flight, FlightDescriptor.path("d", "one")))
                .isEqualTo(one);
        assertDone(load(Map.of("path", "/d")), 3, 7, 0);
        assertDone(load(Map.of("path", "/d/small")), 1, 0, 0);

        // What is pinned takes nothing of the room, and stays where it is.
        NodeFixture.act(flight, "cache.pin", Map.of("path", "/d/one", "tier", "mem"));
        assertDone(load(Map.of("path", "/d")), 3, 7, 0);
    }

    @Test
    void refusesMoreThanTheTierTakesBeforeAnythingGoes() throws Exception {
        put("/kept", 20 * BLOCK);
        assertDone(load(Map.of("path", "/kept")), 1, 20, 20 * BLOCK);
        put("/d/large", ROOM + BLOCK);

        JsonNode refused = load(Map.of("path", "/d"));

        assertThat(refused.path("state").asText()).isEqualTo("failed");
        assertThat(refused.path("code").asText()).isEqualTo(ErrorCode.PRECONDITION_FAILED.name());
        assertThat(refused.path("phase").asText())
                .isEqualTo("load of 8.1 MiB, mem tiers of n1 can take 8 MiB of near copies: /d");
        assertThat(refused.path("hint").asText()).contains("--tier").contains("storage.cache.share");
        assertThat(nearFiles("mem")).isEqualTo(20);

        // As much as there can be pushes out whatever else is near.
        put("/all", ROOM - 8 * BLOCK);
        assertDone(load(Map.of("path", "/all")), 1, 120, ROOM - 8 * BLOCK);
        assertDone(load(Map.of("path", "/all")), 1, 120, 0);
    }

    @Test
    void namesWhatIsDamagedOrStillWritten() throws Exception {
        put("/d/bad", 4 * BLOCK);
        JsonNode blocks =
                NodeFixture.act(flight, "fs.locate", Map.of("path", "/d/bad")).path("blocks");
        for (int i = 1; i <= 2; i++) {
            damage(blocks.path(i).path("block_id").asText());
        }
        try (GrowingFile open = GrowingFile.create(client, new FilePut("/d/open", null, null, null, null))) {
            open.write(new byte[10_000], 0, 10_000);
            open.flush();
            JsonNode end = load(Map.of("path", "/d"));
            assertThat(end.path("state").asText()).isEqualTo("done");
            assertThat(end.path("files").asInt()).isZero();
            assertThat(end.path("blocks").asInt()).isEqualTo(2);
            assertThat(end.path("missing_blocks").asInt()).isEqualTo(3);
            Map<String, String> found = new HashMap<>();
            end.path("missing").forEach(range -> {
                String where =
                        range.path("path").asText() + "@" + range.path("offset").asLong();
                found.put(where, range.path("code").asText());
            });
            assertThat(found)
                    .containsEntry("/d/bad@" + BLOCK, ErrorCode.CORRUPT_DATA.name())
                    .containsEntry("/d/open@0", ErrorCode.CONFLICT.name());
            open.commit();
        }
        assertThat(load(Map.of("path", "/d/open")).path("missing")).isEmpty();
    }

    private void damage(String id) throws IOException {
        Path block;
        try (Stream<Path> all = Files.walk(tier("ssd"))) {
            block = all.filter(file -> file.getFileName().toString().matches(id + "\\.[0-9]+"))
                    .findFirst()
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(block.toFile(), "rw")) {
            file.seek(BLOCK / 2);
            file.write(file.read() ^ 1);
        }
    }

    @Test
    void takesWhatIsMountedAlong() throws Exception {
        Path outer = Files.createDirectories(directory.resolve("outer/sets"));
        byte[] content = new byte[3_000_000];
        new Random(3).nextBytes(content);
        Files.write(outer.resolve("large"), content);
        put("/data/own", 2 * BLOCK);
        NodeFixture.act(flight, "fs.attach", Map.of("path", "/data/x", "uri", "file://" + outer));

        assertDone(load(Map.of("path", "/data", "tier", "mem")), 2, 2 + 3, 3_000_000 + 2 * BLOCK);
        assertThat(nearFiles("mem")).isEqualTo(5);
        Files.write(outer.resolve("large"), content); // another version, which is other pages
        assertDone(load(Map.of("path", "/data/x/large")), 1, 3, 3_000_000);
    }
}

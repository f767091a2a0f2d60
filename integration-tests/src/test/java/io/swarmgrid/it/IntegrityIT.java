package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage on the disks of real processes is found, told, and mended. */
class IntegrityIT {
    private static final Map<String, String> QUICK =
            Map.of("repair.join-grace", "1s", "repair.interval", "1s", "storage.block-size", "1MiB");

    @TempDir
    private Path directory;

    private Path source;

    @BeforeEach
    void makeFile() throws Exception {
        byte[] content = new byte[6 << 20];
        new Random(5).nextBytes(content);
        source = Files.write(directory.resolve("source"), content);
    }

    @Test
    void fsckFindsWhatIsBadAndHasItMended() throws Exception {
        try (LocalGrid grid = start(Map.of("storage.scrub.rate", "0B"))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/d/file").succeeds();
            swarm.run("fsck", "--verify").succeeds();
            whatAReaderFindsBadIsMendedWithoutBeingAskedFor(grid, swarm);

            List<Path> blocks = blocks(holder());
            flip(blocks.get(0));
            cut(blocks.get(1));
            Files.delete(blocks.get(2));
            Files.createDirectory(blocks.get(2));
            List<JsonNode> told =
                    swarm.run("fsck", "/d", "--verify", "--json").exits(7).documents();
            JsonNode summary = told.get(told.size() - 1);
            assertThat(summary.path("healthy").asBoolean()).isFalse();
            assertThat(summary.path("bad_copies").asLong()).isEqualTo(3);
            assertThat(summary.path("corrupt_blocks").asLong()).isZero();
            assertThat(told).hasSize(4);

            swarm.run("fsck", "--verify", "--repair").exits(7);
            awaitWhole(swarm);
            assertWhole(swarm);
            whatIsOnNoNodeThatIsUpIsTold(grid, swarm);
        }
    }

    @Test
    void theCheckAtRestMendsByItself() throws Exception {
        try (LocalGrid grid = start(Map.of("storage.scrub.rate", "64MiB", "storage.scrub.interval", "1s"))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/file").succeeds();
            String holder = holder();
            flip(blocks(holder).get(0));
            cut(blocks(holder).get(1));

            // A file and its sidecar of each.
            await().atMost(Duration.ofSeconds(60)).until(() -> aside(holder) == 4);
            awaitWhole(swarm);
            assertWhole(swarm);
        }
    }

    @Test
    void aCopyThatCannotBeOpenedIsInNobodysWay() throws Exception {
        try (LocalGrid grid = start(Map.of("storage.scrub.rate", "0B"))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/file").succeeds();
            List<Path> blocks = blocks(holder());
            for (Path block : blocks) {
                Path sidecar = block.resolveSibling(block.getFileName() + ".meta");
                Files.delete(sidecar);
                Files.createDirectory(sidecar);
            }

            JsonNode summary =
                    last(swarm.run("fsck", "/file", "--json").exits(7).documents());
            assertThat(summary.path("bad_copies").asInt()).isEqualTo(blocks.size());
            // Some are to be copied from the bad copy first.
            swarm.run("setrep", "3", "/file", "--wait", "60").succeeds();
            // Of the others nothing was asked yet.
            swarm.run("fsck", "--verify", "--repair");
            awaitWhole(swarm);
            assertWhole(swarm);
        }
    }

    /** The only copy there is: what says that it is whole can be made anew, it cannot. */
    @Test
    void aBlockThatHasLostItsSidecarIsReadAfterAStart() throws Exception {
        Map<String, String> settings = Map.of(
                "storage.replicas",
                "1",
                "storage.min-replicas",
                "1",
                "storage.block-size",
                "1MiB",
                "storage.lease-duration",
                "2s",
                "storage.orphan-grace",
                "3s");
        try (LocalGrid grid = LocalGrid.start(directory, 1, settings)) {
            new Swarm(directory)
                    .on(grid.addresses())
                    .run("put", source.toString(), "/file")
                    .succeeds();
        }
        List<Path> blocks = blocks("n1");
        for (Path block : blocks) {
            Files.delete(block.resolveSibling(block.getFileName() + ".meta"));
        }
        Path unfinished = Files.write(blocks.get(0).resolveSibling("7000000000000001.1"), new byte[4096]);
        Files.setLastModifiedTime(unfinished, FileTime.fromMillis(0));

        try (LocalGrid grid = LocalGrid.start(directory, 1, settings)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> swarm.run("fsck", "--verify").exit() == 0);
            assertWhole(swarm);
            await().atMost(Duration.ofSeconds(60)).until(() -> !Files.exists(unfinished));
            assertThat(blocks("n1")).isEqualTo(blocks);
        }
    }

    private static JsonNode last(List<JsonNode> told) {
        return told.get(told.size() - 1);
    }

    /** Nobody checks what lies at rest, nobody asks for a repair: that one reader came upon it has to do. */
    private void whatAReaderFindsBadIsMendedWithoutBeingAskedFor(LocalGrid grid, Swarm swarm) throws Exception {
        String holder = holder();
        String address = grid.node(holder).address();
        flip(blocks(holder).get(0));

        Path sent = directory.resolve("sent");
        swarm.on(List.of(address)).run("get", "/d/file", sent.toString()).succeeds();
        assertThat(Files.mismatch(source, sent)).isEqualTo(-1);
        awaitWhole(swarm);
        assertThat(aside(holder)).isEqualTo(2);

        flip(blocks(holder).get(1));
        try (GridClient client = GridClient.connect(List.of(address), ClientOptions.DEFAULT);
                FileInput input = FileInput.open(
                        client, client.action("fs.stat", new PathRequest("/d/file"), FileStatus.class))) {
            assertThat(input.isHere(0)).as("is read in place").isTrue();
            ByteBuffer bytes = ByteBuffer.allocate((int) Files.size(source));
            input.readAt(0, bytes);
            assertThat(bytes.array()).isEqualTo(Files.readAllBytes(source));
        }
        awaitWhole(swarm);
        assertThat(aside(holder)).isEqualTo(4);
    }

    private void whatIsOnNoNodeThatIsUpIsTold(LocalGrid grid, Swarm swarm) throws Exception {
        Path block = Files.write(directory.resolve("block"), new byte[100_000]);
        swarm.run("put", "--replicas", "1", block.toString(), "/once").succeeds();
        JsonNode place = swarm.run("locate", "/once", "--json").succeeds().json();
        String holder = place.path("holders").path(0).path("node").asText();
        grid.node(holder).kill();

        List<JsonNode> told = swarm.run("fsck", "--json").exits(8).documents();
        assertThat(last(told).path("missing_blocks").asLong()).isEqualTo(1);
        List<JsonNode> missing = told.stream()
                .filter(each -> each.path("problem").asText().equals("missing"))
                .toList();
        assertThat(missing).hasSize(1);
        assertThat(missing.get(0).path("path").asText()).isEqualTo("/once");
        assertThat(missing.get(0).path("copies").path(0).path("state").asText()).isEqualTo("down");
        assertThat(swarm.run("fsck", "/once").exits(8).out())
                .contains("/once: block ", "missing, 1 wanted: " + holder + " down", "1 missing");
    }

    private static void awaitWhole(Swarm swarm) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> swarm.run("fsck", "--verify").exit() == 0);
    }

    private LocalGrid start(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.putAll(more);
        return LocalGrid.start(directory, 3, settings);
    }

    private void assertWhole(Swarm swarm) throws Exception {
        String path = swarm.run("stat", "/file").exit() == 0 ? "/file" : "/d/file";
        Path back = directory.resolve("back");
        swarm.run("get", path, back.toString()).succeeds();
        assertThat(Files.mismatch(source, back)).isEqualTo(-1);
    }

    /** A node with at least three blocks; each has another copy elsewhere. */
    private String holder() throws IOException {
        for (String node : List.of("n1", "n2", "n3")) {
            if (blocks(node).size() > 2) {
                return node;
            }
        }
        throw new AssertionError("no node has three blocks");
    }

    private List<Path> blocks(String node) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve(node).resolve("blocks"))) {
            return all.filter(file -> file.getFileName().toString().matches("[0-9a-f]{16}\\.\\d+"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private long aside(String node) throws IOException {
        try (Stream<Path> all =
                Files.list(directory.resolve(node).resolve("blocks").resolve("quarantine"))) {
            return all.count();
        }
    }

    private static void flip(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(1000);
            int octet = file.read();
            file.seek(1000);
            file.write(octet ^ 1);
        }
    }

    private static void cut(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(1000);
        }
    }
}

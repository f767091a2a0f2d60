package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.mount.MountTable;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the machine, mounted into a grid of three processes, and read through every door. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OuterStoreIT {
    private static final int LARGE_BYTES = 20_000_003;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final byte[] large = new byte[LARGE_BYTES];
    private Path directory;
    private Path outer;
    private LocalGrid grid;
    private Swarm swarm;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder.toRealPath();
        outer = Files.createDirectory(directory.resolve("outer"));
        new Random(11).nextBytes(large);
        Files.write(Files.createDirectories(outer.resolve("sets/train")).resolve("part 1"), large);
        Files.writeString(outer.resolve("sets/readme"), "hello\n");
        grid = LocalGrid.start(
                directory.resolve("grid"),
                3,
                Map.of("storage.outer.allowed", "file://" + outer, "storage.outer.status-ttl", "0s"));
        swarm = new Swarm(directory).on(grid.addresses());
        swarm.run("attach", "file://" + outer, "/data/x").succeeds();
    }

    @AfterAll
    void stop() {
        grid.close();
    }

    @Test
    void theCommandLineReadsIt() throws Exception {
        assertThat(swarm.run("ls", "/data/x/sets").succeeds().out())
                .contains("readme")
                .contains("train");
        assertThat(swarm.run("cat", "/data/x/sets/readme").succeeds().out()).isEqualTo("hello\n");
        Path got = directory.resolve("got");
        swarm.run("get", "/data/x/sets/train/part 1", got.toString()).succeeds();
        assertThat(Arrays.mismatch(Files.readAllBytes(got), large)).isEqualTo(-1);
        Path tree = directory.resolve("tree");
        swarm.run("get", "-r", "/data/x/sets", tree.toString()).succeeds();
        try (var files = Files.walk(tree)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(2);
        }
        assertThat(swarm.run("du", "/data/x").succeeds().out()).contains("2");
        assertThat(swarm.run("mounts").succeeds().out()).contains("/data/x").contains("file://" + outer);
        assertThat(swarm.run("rm", "/data/x/sets/readme").exits(1).err()).contains("mounted to be read");
        assertThat(swarm.run("put", got.toString(), "/data/x/new").exits(1).err())
                .contains("outer store");
        assertThat(outer.resolve("sets/readme")).hasContent("hello\n");
        swarm.run("attach", "file://" + outer + "/sets", "/data/again").succeeds();
        swarm.run("detach", "/data/again").succeeds();
        assertThat(swarm.run("attach", "file:///etc", "/etc").exits(5).err()).contains("storage.outer.allowed");
    }

    @Test
    void whatWasReadIsCountedThroughAllNodes() throws Exception {
        byte[] bytes = new byte[5_000_000];
        Files.write(Files.createDirectories(outer.resolve("counted")).resolve("a"), bytes);
        String uri = "file://" + outer + "/counted";
        swarm.run("attach", uri, "/data/counted").succeeds();
        for (String address : grid.addresses()) {
            Swarm through = new Swarm(directory).on(List.of(address));
            through.run("cat", "/data/counted/a").succeeds();
        }
        for (String address : grid.addresses()) {
            JsonNode mount = new Swarm(directory)
                    .on(List.of(address)).run("mounts", "--json").succeeds().documents().stream()
                            .filter(each -> each.path("uri").asText().equals(uri))
                            .findFirst()
                            .orElseThrow();
            JsonNode read = mount.path("statistics");
            assertThat(read.path("store_bytes").asLong()).as("once for all").isEqualTo(bytes.length);
            assertThat(read.path("node_bytes").asLong()).as("by the others").isEqualTo(2L * bytes.length);
        }
        swarm.run("detach", "/data/counted").succeeds();
    }

    @Test
    void hadoopReadsIt() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set("fs.swarm.three.addresses", String.join(",", grid.addresses()));
        try (FileSystem files = FileSystem.newInstance(URI.create("swarm://three/"), configuration)) {
            org.apache.hadoop.fs.Path part = new org.apache.hadoop.fs.Path("/data/x/sets/train/part 1");
            FileStatus status = files.getFileStatus(part);
            assertThat(status.getLen()).isEqualTo(LARGE_BYTES);
            assertThat(files.listStatus(part.getParent())).hasSize(1);
            assertThat(files.getFileBlockLocations(status, 0, LARGE_BYTES)).isNotEmpty();
            try (FSDataInputStream in = files.open(part)) {
                assertThat(Arrays.mismatch(in.readAllBytes(), large)).isEqualTo(-1);
                byte[] some = new byte[5000];
                in.readFully(12_345_678, some);
                assertThat(some).isEqualTo(Arrays.copyOfRange(large, 12_345_678, 12_350_678));
            }
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> files.delete(part, false)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("mounted to be read");
        }
    }

    @Test
    void aMountOfTheGridReadsIt() throws Exception {
        MountPlaces.requireFuse();
        Path place = Files.createDirectory(directory.resolve("place"));
        swarm.run("mount", place.toString()).succeeds();
        try {
            Path part = place.resolve("data/x/sets/train/part 1");
            assertThat(Arrays.mismatch(Files.readAllBytes(part), large)).isEqualTo(-1);
            assertThat(place.resolve("data/x/sets/readme")).hasContent("hello\n");
            try (var names = Files.list(place.resolve("data/x/sets"))) {
                assertThat(names.map(name -> name.getFileName().toString()))
                        .containsExactlyInAnyOrder("readme", "train");
            }
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Files.delete(part)))
                    .isInstanceOf(IOException.class);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> Files.writeString(place.resolve("data/x/new"), "x")))
                    .isInstanceOf(IOException.class);
            assertThat(outer.resolve("new")).doesNotExist();
        } finally {
            MountPlaces.leave(List.of(place));
        }
        assertThat(MountTable.at(place)).isEmpty();
    }

    @Test
    void outlivesTheDeathOfANodeAndItsStart() throws Exception {
        NodeProcess node = grid.nodes().get(2);
        node.kill();
        Path got = directory.resolve("got after a death");
        swarm.run("get", "/data/x/sets/train/part 1", got.toString()).succeeds();
        assertThat(Arrays.mismatch(Files.readAllBytes(got), large)).isEqualTo(-1);
        node.start();
        node.awaitReady(PATIENCE);
        Swarm through = new Swarm(directory).on(List.of(node.address()));
        assertThat(through.run("cat", "/data/x/sets/readme").succeeds().out()).isEqualTo("hello\n");
        assertThat(through.run("mounts").succeeds().out()).contains("/data/x");
    }
}

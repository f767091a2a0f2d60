package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk fails the write that does not fit, and nothing else. */
class FullDiskIT {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void aWriteThatDoesNotFitFailsCleanlyAndGivesTheSpaceBack() throws Exception {
        Path tier = directory.resolve("tier");
        Map<String, String> settings = Map.of(
                "storage.tiers", "[{medium: ssd, path: " + tier + ", capacity: 24MiB}]",
                "storage.block-size", "4MiB",
                "storage.trash-grace", "0s",
                "repair.interval", "1s");
        try (LocalGrid grid = LocalGrid.start(directory, 1, settings)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            Path first = file("first", 10 * MIB);
            Path tooMuch = file("too-much", 20 * MIB);
            swarm.run("put", first.toString(), "/first").succeeds();
            long usedBefore = used(swarm);

            Swarm.Result refused = swarm.run("put", tooMuch.toString(), "/too-much");

            refused.exits(7);
            // Whoever notices first: the tier, or the placement by what nodes have last said of their room.
            assertThat(refused.err())
                    .satisfiesAnyOf(
                            err -> assertThat(err).contains(tier.toString()).contains("free_bytes"),
                            err -> assertThat(err).contains("no node can take another block of 4MiB: /too-much"));
            swarm.run("stat", "/too-much").exits(3);
            get(swarm, "/first", first);
            Awaitility.await().untilAsserted(() -> assertThat(used(swarm)).isEqualTo(usedBefore));
            assertThat(bytesBelow(tier)).isLessThan(11 * MIB);

            swarm.run("put", first.toString(), "/second").succeeds();
            swarm.run("put", first.toString(), "/third").exits(7);
            swarm.run("rm", "/second").succeeds();
            Awaitility.await().untilAsserted(() -> assertThat(used(swarm)).isEqualTo(usedBefore));
            swarm.run("put", first.toString(), "/third").succeeds();
            get(swarm, "/third", first);
            get(swarm, "/first", first);
        }
    }

    @Test
    void aDatasetThatDoesNotFitLeavesNothing() throws Exception {
        Path tier = directory.resolve("tier");
        Map<String, String> settings = Map.of(
                "storage.tiers", "[{medium: ssd, path: " + tier + ", capacity: 2MiB}]", "storage.block-size", "1MiB");
        try (LocalGrid grid = LocalGrid.start(directory, 1, settings)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());

            swarm.run(
                            "dataset",
                            "put",
                            "/flights",
                            Path.of("..", "data", "flights-200k.arrow").toString())
                    .exits(7);

            swarm.run("stat", "/flights").exits(3);
            Awaitility.await().untilAsserted(() -> assertThat(used(swarm)).isZero());
        }
    }

    private Path file(String name, int bytes) throws Exception {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return Files.write(directory.resolve(name), content);
    }

    private void get(Swarm swarm, String path, Path expected) throws Exception {
        Path fetched = directory.resolve("fetched");
        swarm.run("get", "-f", path, fetched.toString()).succeeds();
        assertThat(Files.mismatch(fetched, expected)).as(path).isEqualTo(-1);
    }

    private static long used(Swarm swarm) throws Exception {
        JsonNode status = swarm.run("grid", "status", "--json").succeeds().json();
        return status.path("nodes").get(0).path("used_bytes").asLong();
    }

    private static long bytesBelow(Path tier) throws Exception {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(tier)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}

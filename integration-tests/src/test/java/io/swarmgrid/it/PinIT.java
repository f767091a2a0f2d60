package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is pinned is near, stays so, and counts for nothing else, on three processes with memory and a disk each. */
class PinIT {
    private static final int MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void keepsNearCopiesWhoeverDies() throws Exception {
        Path source = file("source", 6 * MIB, 1);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1"), host("n2"), host("n3")))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("mkdir", "/d").succeeds();
            swarm.run("put", source.toString(), "/d/a").succeeds();
            long stored = stored(swarm);

            Swarm.Result refused = swarm.run("pin", "/d", "--copies", "4").exits(4);
            assertThat(refused.err()).contains("4 near copies of each block on mem need as many nodes");
            swarm.run("pin", "/d", "--copies", "3", "--wait", "60").succeeds();
            assertNear(swarm, "/d/a", "mem", 3);
            for (NodeProcess node : grid.nodes()) {
                assertThat(nearFiles(node.name())).as(node.name()).isEqualTo(6);
            }
            assertThat(stored(swarm)).as("near copies count for nothing").isEqualTo(stored);
            assertThat(swarm.run("fsck", "/d").succeeds().out()).doesNotContain("surplus");

            // What is made there has them, too; and what more is than the tiers hold is refused before anything is
            // done.
            swarm.run("put", source.toString(), "/d/b").succeeds();
            await().atMost(PATIENCE).untilAsserted(() -> assertNear(swarm, "/d/b", "mem", 3));
            swarm.run("put", file("large", 40 * MIB, 2).toString(), "/large").succeeds();
            assertThat(swarm.run("pin", "/large", "--tier", "mem").exits(4).err())
                    .contains("pin of 40 MiB, mem tiers can keep ")
                    .contains("n1 ");
            JsonNode line = swarm.run("pin", "--list", "--json").succeeds().json();
            assertThat(line.path("path").asText()).isEqualTo("/d");
            assertThat(line.path("files").asInt()).isEqualTo(2);
            assertThat(line.path("wanted_bytes").asLong()).isEqualTo(36L * MIB);
            assertThat(line.path("missing_bytes").asLong()).isZero();

            // A node that comes back has lost what its memory had, and makes it again.
            NodeProcess third = grid.node("n3");
            third.kill();
            delete(tier("n3", "mem").resolve("near"));
            third.start();
            third.awaitReady(PATIENCE);
            await().atMost(PATIENCE).until(() -> nearFiles("n3") == 12);
            assertNear(swarm, "/d/a", "mem", 3);

            // One that does not leaves two nodes, and of two copies each of them has one.
            swarm.run("pin", "/d", "--copies", "2").succeeds();
            await().atMost(PATIENCE).untilAsserted(() -> assertNear(swarm, "/d/a", "mem", 2));
            third.kill();
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertNear(swarm, "/d/a", "mem", 2);
                assertNear(swarm, "/d/b", "mem", 2);
            });
            assertThat(nearFiles("n1") + nearFiles("n2")).isEqualTo(24);
            Path back = directory.resolve("back");
            swarm.run("get", "/d/a", back.toString()).succeeds();
            assertThat(Files.mismatch(source, back)).isEqualTo(-1);

            swarm.run("unpin", "/d").succeeds();
            await().atMost(PATIENCE).until(() -> nearFiles("n1") + nearFiles("n2") == 0);
            assertNear(swarm, "/d/a", "mem", 0);
            assertThat(swarm.run("pin", "--list").succeeds().out()).isEmpty();
        }
    }

    /** Blocks that lie there already are kept where they are: nothing is copied. */
    @Test
    void keepsBlocksInTheirTier() throws Exception {
        Path source = file("source", 4 * MIB, 1);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1")))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/f").succeeds();
            swarm.run("pin", "/f", "--tier", "ssd", "--wait", "60").succeeds();
            assertNear(swarm, "/f", "ssd", 1);
            assertThat(nearFiles("n1")).isZero();
            NodeProcess node = grid.node("n1");
            node.kill();
            node.start();
            node.awaitReady(PATIENCE);
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertNear(swarm, "/f", "ssd", 1));
            swarm.run("unpin", "/f").succeeds();
            await().atMost(PATIENCE).untilAsserted(() -> assertNear(swarm, "/f", "ssd", 0));
            assertThat(swarm.run("locate", "/f").succeeds().out()).contains("1 of 2");
        }
    }

    /** What was kept is kept over a restart, and its room is had again once it is not: given up, or removed for good. */
    @Test
    void givesTheRoomBack() throws Exception {
        Path source = file("source", 12 * MIB, 1);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1")))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/a").succeeds();
            swarm.run("put", source.toString(), "/b").succeeds();
            swarm.run("pin", "/a", "--wait", "60").succeeds();
            Set<String> kept = keptNames("n1");
            assertThat(kept).hasSize(12);
            assertThat(swarm.run("pin", "/b").exits(4).err())
                    .contains("pin of 12 MiB, mem tiers can keep ")
                    .contains(": n1 ");
            assertThat(swarm.run("pin", "--list").succeeds().out())
                    .contains("/a")
                    .doesNotContain("/b");

            NodeProcess node = grid.node("n1");
            node.kill();
            node.start();
            node.awaitReady(PATIENCE);
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertNear(swarm, "/a", "mem", 1));
            assertThat(keptNames("n1")).isEqualTo(kept);
            assertThat(swarm.run("pin", "/b").exits(4).err()).contains("mem tiers can keep ");

            swarm.run("unpin", "/a").succeeds();
            await().atMost(PATIENCE).until(() -> nearFiles("n1") == 0);
            await().atMost(PATIENCE).until(() -> swarm.run("pin", "/b").exit() == 0);
            await().atMost(PATIENCE).until(() -> nearFiles("n1") == 12);
            swarm.run("rm", "--skip-trash", "/b").succeeds();
            await().atMost(PATIENCE).until(() -> nearFiles("n1") == 0);
            await().atMost(PATIENCE).until(() -> swarm.run("pin", "/a").exit() == 0);
            await().atMost(PATIENCE).untilAsserted(() -> assertNear(swarm, "/a", "mem", 1));
        }
    }

    private static void assertNear(Swarm swarm, String path, String tier, int copies) throws Exception {
        List<JsonNode> blocks = swarm.run("locate", path, "--json").succeeds().documents();
        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(
                        StreamSupport.stream(block.path("holders").spliterator(), false)
                                .filter(holder -> holder.path("live").asBoolean())
                                .filter(holder -> holder.path("near").asText().equals(tier))
                                .count())
                .isEqualTo(copies));
    }

    private static long stored(Swarm swarm) throws Exception {
        return swarm.run("du", "/", "--json")
                .succeeds()
                .json()
                .path("stored_bytes")
                .asLong();
    }

    private long nearFiles(String node) throws IOException {
        return keptNames(node).size();
    }

    private Set<String> keptNames(String node) throws IOException {
        Set<String> names = new TreeSet<>();
        for (String medium : List.of("mem", "ssd")) {
            Path near = tier(node, medium).resolve("near");
            if (Files.isDirectory(near)) {
                try (Stream<Path> all = Files.walk(near)) {
                    all.map(file -> file.getFileName().toString())
                            .filter(name -> name.matches(".*\\.k[0-9a-f]+"))
                            .forEach(names::add);
                }
            }
        }
        return names;
    }

    private static void delete(Path near) throws IOException {
        try (Stream<Path> all = Files.walk(near)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path file(String name, int length, long seed) throws IOException {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        return Files.write(directory.resolve(name), content);
    }

    private LocalGrid.Host host(String name) {
        return LocalGrid.Host.loopback(new TreeMap<>(Map.of(
                "repair.node-grace", "8s",
                "repair.join-grace", "1s",
                "repair.interval", "1s",
                "storage.block-size", "1MiB",
                "storage.tiers",
                        "[{medium: mem, path: " + tier(name, "mem") + ", capacity: 32MiB}, {medium: ssd, path: "
                                + tier(name, "ssd") + ", capacity: 256MiB}]")));
    }

    private Path tier(String node, String medium) {
        return directory.resolve(node + "-" + medium);
    }
}

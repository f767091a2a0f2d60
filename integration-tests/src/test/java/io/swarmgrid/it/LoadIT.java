package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node brings what a path has into its memory, or says what is missing, on three processes with memory and a disk each. */
class LoadIT {
    private static final int MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void bringsAllOrSaysWhatIsMissing() throws Exception {
        Path source = file("source", 6 * MIB, 1);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1"), host("n2"), host("n3")))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("mkdir", "/d").succeeds();
            for (String name : List.of("a", "b")) {
                swarm.run("put", source.toString(), "/d/" + name).succeeds();
            }
            assertThat(swarm.run("load", "--on", "n3", "--status").exits(3).err())
                    .contains("no load was begun on n3");

            assertThat(swarm.run("load", "/d", "--on", "n3").succeeds().out())
                    .isEqualTo("2 files, 12.6 MB in 12 blocks on mem of n3: /d; 12.6 MB were brought\n");
            assertThat(nearFiles("n3")).isEqualTo(12);
            assertThat(nearFiles("n1") + nearFiles("n2")).isZero();
            JsonNode again =
                    swarm.run("load", "/d", "--on", "n3", "--json").succeeds().json();
            assertThat(again.path("brought_bytes").asLong()).isZero();
            assertThat(again.path("blocks").asInt()).isEqualTo(12);
            Path back = directory.resolve("back");
            new Swarm(directory)
                    .on(List.of(grid.node("n3").address()))
                    .run("get", "/d/a", back.toString())
                    .succeeds();
            assertThat(Files.mismatch(source, back)).isEqualTo(-1);

            // More than there can be is refused before anything goes.
            swarm.run("put", file("large", 24 * MIB, 2).toString(), "/large").succeeds();
            assertThat(swarm.run("load", "/large", "--on", "n3").exits(4).err())
                    .contains("load of 24 MiB, mem tiers of n3 can take 16 MiB of near copies: /large")
                    .contains("--tier");
            assertThat(nearFiles("n3")).isEqualTo(12);
            swarm.run("load", "/large", "--on", "n3", "--tier", "ssd").succeeds();
            assertThat(swarm.run("load", "/d", "--on", "n9").exits(3).err()).contains("no such node: n9");

            missing(swarm, grid);
        }
    }

    /** What one node alone has cannot be had while that is away. */
    private void missing(Swarm swarm, LocalGrid grid) throws Exception {
        swarm.run("mkdir", "/lone").succeeds();
        swarm.run("policy", "/lone", "--replicas", "1").succeeds();
        swarm.run("put", file("lone", 3 * MIB, 3).toString(), "/lone/f").succeeds();
        String holder = swarm.run("locate", "/lone/f", "--json")
                .succeeds()
                .documents()
                .get(0)
                .path("holders")
                .path(0)
                .path("node")
                .asText();
        String other = holder.equals("n1") ? "n2" : "n1";
        NodeProcess away = grid.node(holder);
        away.kill();
        Swarm asked = new Swarm(directory).on(List.of(grid.node(other).address()));
        Swarm.Result lacks = asked.run("load", "/lone").exits(7);
        assertThat(lacks.out()).contains("/lone/f: ").contains("MISSING on mem of " + other + ": /lone");
        away.start();
        away.awaitReady(PATIENCE);
        org.awaitility.Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> asked.run("load", "/lone").exit() == 0);
    }

    private long nearFiles(String node) throws IOException {
        try (Stream<Path> all = Files.walk(tier(node, "mem").resolve("near"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private Path file(String name, int length, long seed) throws IOException {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        return Files.write(directory.resolve(name), content);
    }

    private LocalGrid.Host host(String name) {
        return LocalGrid.Host.loopback(new TreeMap<>(Map.of(
                "repair.join-grace", "1s",
                "repair.interval", "1s",
                "storage.min-replicas", "1",
                "storage.block-size", "1MiB",
                "storage.cache.share", "50%",
                "storage.tiers",
                        "[{medium: mem, path: " + tier(name, "mem") + ", capacity: 32MiB}, {medium: ssd, path: "
                                + tier(name, "ssd") + ", capacity: 256MiB}]")));
    }

    private Path tier(String node, String medium) {
        return directory.resolve(node + "-" + medium);
    }
}

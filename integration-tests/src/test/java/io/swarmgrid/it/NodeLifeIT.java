package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is still there after a node ended, in whatever way. */
class NodeLifeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> QUICK =
            Map.of("repair.node-grace", "4s", "repair.join-grace", "1s", "repair.interval", "1s");
    private static final Path FLIGHTS = Path.of("..", "data", "flights-200k.arrow");
    private static final int FLIGHTS_ROWS = 200_000;

    @TempDir
    private Path directory;

    private Path small;
    private Path large;

    @BeforeEach
    void makeFiles() throws Exception {
        small = Files.writeString(directory.resolve("small"), "kept in the metadata");
        byte[] content = new byte[70 << 20];
        new Random(5).nextBytes(content);
        large = Files.write(directory.resolve("large"), content);
    }

    @Test
    void aNodeKeepsItsDataThroughAStopAndThroughAKill() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 1, Map.of())) {
            NodeProcess node = grid.nodes().get(0);
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            fill(swarm);

            node.close();
            swarm.run("ls", "/").exits(6);
            restart(node);
            check(swarm);
            swarm.run("put", small.toString(), "/kept/after-stop").succeeds();

            node.kill();
            restart(node);
            check(swarm);
            assertThat(swarm.run("cat", "/kept/after-stop").succeeds().out()).isEqualTo("kept in the metadata");
        }
    }

    @Test
    void threeNodesLoseOneGoOnRepairAndTakeItBack() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            fill(swarm);
            NodeProcess lost = grid.node("n2");

            lost.kill();

            check(swarm);
            swarm.run("put", large.toString(), "/kept/while-away").succeeds();
            JsonNode repaired =
                    swarm.run("grid", "status", "--wait-healthy=90", "--json").json();
            assertThat(repaired.path("repair").path("under_replicated_blocks").asLong())
                    .isZero();
            for (String path : List.of("/kept/large", "/kept/while-away")) {
                assertThat(holders(swarm, path)).as(path).allSatisfy(names -> assertThat(names)
                        .containsExactlyInAnyOrder("n1", "n3"));
            }

            restart(lost);
            swarm.run("grid", "status", "--wait-healthy=90").succeeds();
            check(swarm.on(List.of(lost.address())));
            fetch(swarm.on(List.of(lost.address())), "/kept/while-away");
            for (NodeProcess node : grid.nodes()) {
                assertThat(Files.readString(node.log()))
                        .as("others had copies, so no change was cut off")
                        .doesNotContain("changes that were cut off");
            }
        }
    }

    @Test
    void aWholeGridKeepsItsDataThroughAPowerCut() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            fill(swarm);

            for (NodeProcess node : grid.nodes()) {
                node.kill();
            }
            for (NodeProcess node : grid.nodes()) {
                node.start();
            }
            for (NodeProcess node : grid.nodes()) {
                node.awaitReady(PATIENCE);
            }

            swarm.run("grid", "status", "--wait-healthy=90").succeeds();
            check(swarm);
        }
    }

    private void fill(Swarm swarm) throws Exception {
        swarm.run("mkdir", "/kept").succeeds();
        swarm.run("put", small.toString(), large.toString(), "/kept/").succeeds();
        swarm.run("dataset", "put", "/kept/flights", FLIGHTS.toString(), "--partitions", "4")
                .succeeds();
    }

    private void check(Swarm swarm) throws Exception {
        assertThat(swarm.run("cat", "/kept/small").succeeds().out()).isEqualTo("kept in the metadata");
        fetch(swarm, "/kept/large");
        JsonNode info = swarm.run("dataset", "info", "/kept/flights", "--json")
                .succeeds()
                .json();
        assertThat(info.path("rows").asInt()).isEqualTo(FLIGHTS_ROWS);
        Path exported = directory.resolve("exported.csv");
        swarm.run("dataset", "export", "/kept/flights", exported.toString(), "-f", "--columns", columns(info))
                .succeeds();
        assertThat(Files.readAllLines(exported)).hasSize(FLIGHTS_ROWS + 1);
    }

    private void fetch(Swarm swarm, String path) throws Exception {
        Path fetched = directory.resolve("fetched");
        swarm.run("get", "-f", path, fetched.toString()).succeeds();
        assertThat(Files.mismatch(fetched, large)).as(path).isEqualTo(-1);
    }

    private static String columns(JsonNode info) {
        return info.path("columns").get(0).path("name").asText();
    }

    private static List<List<String>> holders(Swarm swarm, String path) throws Exception {
        return swarm.run("locate", path, "--json").succeeds().documents().stream()
                .map(block -> block.path("holders").findValuesAsText("node"))
                .toList();
    }

    private static void restart(NodeProcess node) throws InterruptedException {
        node.start();
        node.awaitReady(PATIENCE);
    }
}

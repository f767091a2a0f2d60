package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks that move because an operator says so, on three processes. */
class MovementIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MEANWHILE_BYTES = (7 << 20) / 2;
    private static final String BLOCKS = "swarm_repair_copied_blocks";
    private static final String BYTES = "swarm_repair_copied_bytes";

    private static final Map<String, String> QUICK = Map.of(
            "repair.node-grace", "60s",
            "repair.join-grace", "1s",
            "repair.interval", "1s",
            "storage.block-size", "1MiB");

    @TempDir
    private Path directory;

    private Path source;

    @BeforeEach
    void makeFile() throws Exception {
        byte[] content = new byte[24 << 20];
        new Random(5).nextBytes(content);
        source = Files.write(directory.resolve("source"), content);
    }

    @Test
    void drainsANodeAndTakesItBackAndFollowsTheNumberOfCopies() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("left"), host("right"), host("right")))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/file").succeeds();
            assertInBothZones(swarm, "/file");
            aRebootCopiesWhatWasWrittenMeanwhile(swarm, grid);

            JsonNode drained = swarm.run("grid", "drain", "n3", "--json", "--wait", "60")
                    .succeeds()
                    .json();

            assertThat(drained.path("drain").path("state").asText()).isEqualTo("drained");
            assertThat(holders(swarm, "/file")).containsExactly("n1", "n2");
            swarm.run("put", source.toString(), "/later").succeeds();
            assertThat(holders(swarm, "/later")).containsExactly("n1", "n2");
            Swarm.Result refused = swarm.run("grid", "drain", "n2").exits(4);
            assertThat(refused.err()).contains("cannot drain node n2: only n1 would be left to take blocks");

            aRebootIsNoReasonToCopy(swarm, grid.node("n2"));
            aRebootIsNoReasonToCopy(swarm, grid.node("n3"));
            swarm.run("grid", "drain", "n3", "--wait", "30").succeeds();

            swarm.run("grid", "undrain", "n3").succeeds();
            await().atMost(PATIENCE).until(() -> holders(swarm, "/file").contains("n3"));
            // A block that moves has one copy more until it has arrived.
            await().atMost(PATIENCE).untilAsserted(() -> assertInBothZones(swarm, "/file"));
            swarm.run("setrep", "3", "/", "--wait", "60").succeeds();
            assertThat(holders(swarm, "/later")).containsExactly("n1", "n2", "n3");
            swarm.run("setrep", "2", "/file", "--wait", "60").succeeds();
            swarm.run("fsck", "/file").succeeds();
            assertInBothZones(swarm, "/file");
            swarm.run("setrep", "1", "/later", "--wait", "60").succeeds();
            swarm.run("grid", "balance", "--wait", "0").exits(7);
            swarm.run("grid", "balance", "--wait", "60").succeeds();
            Path back = directory.resolve("back");
            swarm.run("get", "/later", back.toString()).succeeds();
            assertThat(Files.mismatch(source, back)).isEqualTo(-1);
        }
    }

    /** Four copies are missing when the node is back, and no others are made, neither by it nor by those that waited for it. */
    private void aRebootCopiesWhatWasWrittenMeanwhile(Swarm swarm, LocalGrid grid) throws Exception {
        swarm.run("grid", "status", "--wait-healthy=60").succeeds();
        List<JsonNode> places =
                swarm.run("locate", "/file", "--json").succeeds().documents();
        NodeProcess node = grid.node("n3");
        node.kill();
        Map<String, Long> before = copied(grid.node("n1"), grid.node("n2"));
        Path meanwhile = Files.write(directory.resolve("meanwhile"), new byte[MEANWHILE_BYTES]);
        swarm.run("put", "--replicas", "3", meanwhile.toString(), "/meanwhile").succeeds();
        assertThat(holders(swarm, "/meanwhile")).containsExactly("n1", "n2");

        node.start();
        node.awaitReady(PATIENCE);
        swarm.run("grid", "status", "--wait-healthy=60").succeeds();

        assertThat(holders(swarm, "/meanwhile")).containsExactly("n1", "n2", "n3");
        assertThat(copied(grid.node("n1"), grid.node("n2"))).isEqualTo(before);
        assertThat(copied(node)).isEqualTo(Map.of(BLOCKS, 4L, BYTES, (long) MEANWHILE_BYTES));
        assertThat(swarm.run("locate", "/file", "--json").succeeds().documents())
                .isEqualTo(places);
        swarm.run("setrep", "2", "/meanwhile", "--wait", "60").succeeds();
    }

    /** What some nodes have copied since they were started, as each of them counts. */
    private static Map<String, Long> copied(NodeProcess... nodes) throws Exception {
        Map<String, Long> sums = new TreeMap<>();
        for (NodeProcess node : nodes) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.http() + "/metrics"))
                    .build();
            HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body()
                    .lines()
                    .map(line -> line.split(" "))
                    .filter(words -> words[0].equals(BLOCKS) || words[0].equals(BYTES))
                    .forEach(words -> sums.merge(words[0], Math.round(Double.parseDouble(words[1])), Long::sum));
        }
        assertThat(sums).containsOnlyKeys(BLOCKS, BYTES);
        return sums;
    }

    private static void aRebootIsNoReasonToCopy(Swarm swarm, NodeProcess node) throws Exception {
        node.kill();
        node.start();
        node.awaitReady(PATIENCE);
        JsonNode status = swarm.run("grid", "status", "--wait-healthy=60", "--json")
                .succeeds()
                .json();
        assertThat(status.path("repair").path("moving_blocks").asLong()).isZero();
        assertThat(holders(swarm, "/file")).containsExactly("n1", "n2");
    }

    private static LocalGrid.Host host(String zone) {
        Map<String, String> settings = new TreeMap<>(QUICK);
        settings.put("node.zone", zone);
        return LocalGrid.Host.loopback(settings);
    }

    /** Of two copies one is on n1, which stands alone, and one on either of the others. */
    private static void assertInBothZones(Swarm swarm, String path) throws Exception {
        for (JsonNode block : swarm.run("locate", path, "--json").succeeds().documents()) {
            List<String> holders = block.path("holders").findValuesAsText("node");
            assertThat(holders).as("%s", block).hasSize(2).contains("n1");
        }
    }

    private static Set<String> holders(Swarm swarm, String path) throws Exception {
        Set<String> names = new TreeSet<>();
        for (JsonNode block : swarm.run("locate", path, "--json").succeeds().documents()) {
            block.path("holders")
                    .forEach(holder -> names.add(holder.path("node").asText()));
        }
        return names;
    }
}

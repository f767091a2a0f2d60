package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks that move because an operator says so, on three processes. */
class MovementIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
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
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/file").succeeds();

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
            swarm.run("setrep", "3", "/", "--wait", "60").succeeds();
            assertThat(holders(swarm, "/later")).containsExactly("n1", "n2", "n3");
            swarm.run("setrep", "1", "/later", "--wait", "60").succeeds();
            swarm.run("grid", "balance", "--wait", "0").exits(7);
            swarm.run("grid", "balance", "--wait", "60").succeeds();
            Path back = directory.resolve("back");
            swarm.run("get", "/later", back.toString()).succeeds();
            assertThat(Files.mismatch(source, back)).isEqualTo(-1);
        }
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

    private static Set<String> holders(Swarm swarm, String path) throws Exception {
        Set<String> names = new TreeSet<>();
        for (JsonNode block : swarm.run("locate", path, "--json").succeeds().documents()) {
            block.path("holders")
                    .forEach(holder -> names.add(holder.path("node").asText()));
        }
        return names;
    }
}

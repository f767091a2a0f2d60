package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that stood still for too long is out of the grid: it finds that out, ends, and comes back with its data. */
class SegmentationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CUT_OFF = 75;
    private static final Map<String, String> QUICK = Map.of(
            "grid.failure-timeout", "2s",
            "repair.node-grace", "10m",
            "repair.join-grace", "1s",
            "repair.interval", "1s");

    @TempDir
    private Path directory;

    @Test
    void aNodeThatWasCutOffEndsWith75AndComesBackWithItsData() throws Exception {
        byte[] content = new byte[3 << 20];
        new Random(11).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK)) {
            NodeProcess still = grid.node("n3");
            Swarm others = new Swarm(directory)
                    .on(List.of(grid.node("n1").address(), grid.node("n2").address()));
            others.run("put", file.toString(), "/before").succeeds();

            signal("STOP", still);
            awaitState(grid.node("n1"), "n3", "down");
            others.run("put", file.toString(), "/meanwhile").succeeds();
            signal("CONT", still);

            assertThat(still.awaitEnd(PATIENCE))
                    .as("exit code, log: %s", still.log())
                    .isEqualTo(CUT_OFF);
            assertThat(Files.readString(still.log())).contains("cut off from the grid: ending");
            others.run("put", file.toString(), "/after").succeeds();

            still.start();
            still.awaitReady(PATIENCE);
            awaitState(grid.node("n1"), "n3", "up");
            others.run("grid", "status", "--wait-healthy=60").succeeds();
            for (String path : List.of("/before", "/meanwhile", "/after")) {
                Path fetched = directory.resolve("fetched");
                new Swarm(directory)
                        .on(List.of(still.address()))
                        .run("get", "-f", path, fetched.toString())
                        .succeeds();
                assertThat(Files.mismatch(fetched, file)).as(path).isEqualTo(-1);
            }
        }
    }

    private static void awaitState(NodeProcess asked, String node, String state) {
        try (GridClient client = GridClient.connect(List.of(asked.address()), ClientOptions.DEFAULT)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> client.action("grid.status", Map.of(), GridStatus.class).nodes().stream()
                            .filter(each -> each.name().equals(node))
                            .map(NodeStatus::state)
                            .anyMatch(state::equals));
        }
    }

    private static void signal(String name, NodeProcess node) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(node.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}

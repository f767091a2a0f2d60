package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.node.local.JavaCommand;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A put whose writer is gone, or as good as gone: nothing of it is ever seen, and what it wrote is taken back long before
 * {@code storage.orphan-grace} would have it.
 */
class WriterDeathIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WRITTEN = 5 << 20;
    private static final Map<String, String> QUICK = Map.of(
            "grid.failure-timeout", "2s",
            "storage.lease-duration", "5s",
            "storage.block-size", "1MiB",
            "repair.join-grace", "1s",
            "repair.interval", "1s");

    private final byte[] content = new byte[WRITTEN];

    @TempDir
    private Path directory;

    @Test
    void leavesNothingBehind() throws Exception {
        new Random(3).nextBytes(content);
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            aClientThatStandsStill(grid, client);
            swarm.run("stat", "/of-a-client").exits(3);
            aNodeThatIsKilled(grid, client);
            swarm.run("stat", "/of-a-node").exits(3);
        }
    }

    private void aClientThatStandsStill(LocalGrid grid, GridClient client) throws Exception {
        ProcessBuilder builder = JavaCommand.swarm(List.of("put", "-", "/of-a-client"));
        builder.environment().put("SWARM_GRID", grid.node("n2").address());
        Process writer = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("writer.log").toFile())
                .start();
        try (OutputStream input = writer.getOutputStream()) {
            input.write(content);
            input.flush();
            awaitBlocks(client, List.of("n1", "n2", "n3"), true);
            signal("STOP", writer.pid());
            awaitBlocks(client, List.of("n1", "n2", "n3"), false);
            writer.destroyForcibly().waitFor();
        } finally {
            writer.destroyForcibly();
        }
    }

    private void aNodeThatIsKilled(LocalGrid grid, GridClient client) throws Exception {
        NodeProcess node = grid.node("n1");
        FilePut put = new FilePut("/of-a-node", null, null, null, null);
        try (FileUpload upload = client.bytes().put("grpc://" + node.address(), client.newHeaders(), put, null)) {
            upload.write(ByteBuffer.wrap(content));
            awaitBlocks(client, List.of("n2", "n3"), true);
            node.kill();
            awaitBlocks(client, List.of("n2", "n3"), false);
        }
    }

    private static void awaitBlocks(GridClient client, List<String> nodes, boolean some) {
        Awaitility.await(some ? "blocks are written" : "all blocks are taken back")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(client.action("grid.status", Map.of(), GridStatus.class).nodes().stream()
                                        .filter(node -> nodes.contains(node.name()))
                                        .mapToLong(NodeStatus::blocks)
                                        .sum())
                                .satisfies(blocks -> assertThat(blocks > 0).isEqualTo(some)));
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}

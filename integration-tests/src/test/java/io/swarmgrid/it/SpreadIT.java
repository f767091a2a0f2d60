package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.node.local.LocalGrid;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks on nodes of different sizes, one of which joins later. */
class SpreadIT {
    private static final int MIB = 1 << 20;
    private static final int FILE_BYTES = 2 * MIB;
    private static final int COPIES = 2;
    private static final double FULL = 0.85;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void fillsANodeThatJoinsAndDisksOfDifferentSizesEvenly() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1", 48), host("n2", 72)));
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            int files = 0;
            for (; files < 12; files++) {
                put(client, files);
            }

            grid.join(host("n3", 96));
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            // Blocks have gone there that are safe where they were, and nobody has asked for it.
            assertEven(client, files, 0.25);
            swarm.run("grid", "balance", "--wait", "60").succeeds();
            assertEven(client, files, 0.1);

            long capacity = status(client).nodes().stream()
                    .mapToLong(NodeStatus::capacityBytes)
                    .sum();
            for (; (long) files * FILE_BYTES * COPIES < FULL * capacity; files++) {
                put(client, files);
            }
            // Chance has its part in so few blocks.
            assertEven(client, files, 0.3);
            for (int file = 0; file < files; file++) {
                ByteArrayOutputStream back = new ByteArrayOutputStream();
                new FileTransfer(client)
                        .get(new FileRead("/f" + file, null, null), Channels.newChannel(back), count -> {});
                assertThat(back.toByteArray()).as("/f%d", file).isEqualTo(content(file));
            }
        }
    }

    private LocalGrid.Host host(String name, int mib) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "repair.join-grace", "1s",
                "repair.interval", "1s",
                "storage.trash-grace", "0s",
                "storage.block-size", "1MiB"));
        settings.put(
                "storage.tiers",
                "[{medium: ssd, path: " + directory.resolve(name + "-tier") + ", capacity: " + mib + "MiB}]");
        return LocalGrid.Host.loopback(settings);
    }

    private static void put(GridClient client, int file) {
        try (FileOutput output = new FileOutput(client, new FilePut("/f" + file, false, null, null, null))) {
            output.write(content(file), 0, FILE_BYTES);
            output.commit();
        }
    }

    private static byte[] content(int file) {
        byte[] bytes = new byte[FILE_BYTES];
        new Random(file).nextBytes(bytes);
        return bytes;
    }

    private static GridStatus status(GridClient client) {
        return client.action("grid.status", new Nothing(), GridStatus.class);
    }

    /** Once all copies are told of, no node is fuller than another by more than so much of its room. */
    private static void assertEven(GridClient client, int files, double apart) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<NodeStatus> nodes = status(client).nodes();
            assertThat(nodes.stream().mapToLong(NodeStatus::usedBytes).sum())
                    .isGreaterThanOrEqualTo((long) files * FILE_BYTES * COPIES);
            double[] fill = nodes.stream()
                    .mapToDouble(node -> (double) node.usedBytes() / node.capacityBytes())
                    .sorted()
                    .toArray();
            assertThat(fill).hasSize(3);
            assertThat(fill[2] - fill[0]).as("%s", nodes).isLessThan(apart);
        });
    }
}

package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.node.local.JavaCommand;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is visible while it is written, and whoever dies in the middle of that: what was flushed stays. */
class OpenFileIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Map<String, String> QUICK = Map.of(
            "grid.failure-timeout", "2s",
            "storage.lease-duration", "20s",
            "storage.block-size", "1MiB",
            "repair.join-grace", "1s",
            "repair.interval", "1s");

    @TempDir
    private Path directory;

    @Test
    void keepsWhatWasFlushedWhoeverDies() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            aClientIsKilled(grid, client);
            aWriterIsFenced(grid, client);
            theWritersNodeIsKilled(grid, client);
            allNodesAreKilled(grid, client);
        }
    }

    private void aClientIsKilled(LocalGrid grid, GridClient client) throws Exception {
        List<String> arguments = List.of(grid.node("n2").address(), "/of-a-client");
        Process writer = new ProcessBuilder(
                        JavaCommand.of(FlushingWriter.class.getName(), List.of("-Xmx256m"), arguments))
                .redirectError(directory.resolve("writer.log").toFile())
                .start();
        long flushed = 0;
        try (BufferedReader said = writer.inputReader()) {
            for (int i = 0; i < 20; i++) {
                flushed = Long.parseLong(said.readLine());
                assertThat(GrowingFiles.stat(client, "/of-a-client").sizeBytes())
                        .isGreaterThanOrEqualTo(flushed);
            }
            assertThat(GrowingFiles.stat(client, "/of-a-client").state()).isEqualTo("open");
            verify(client, "/of-a-client", flushed);
            writer.toHandle().destroyForcibly(); // and leaves what it said to be read
            writer.waitFor();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                flushed = Long.parseLong(line);
            }
        } finally {
            writer.destroyForcibly();
        }
        awaitClosed(client, "/of-a-client");
        verify(client, "/of-a-client", flushed);
    }

    private void aWriterIsFenced(LocalGrid grid, GridClient client) {
        try (GridClient writer = through(grid.node("n1"));
                GrowingFile file = GrowingFiles.create(writer, "/taken")) {
            write(file, 0, 1_500_000);
            file.sync();
            FileStatus closed = client.action("fs.recover_lease", Map.of("path", "/taken"), FileStatus.class);
            assertThat(closed.state()).isEqualTo("sealed");
            assertThat(closed.sizeBytes()).isEqualTo(1_500_000);
            assertThatThrownBy(() -> {
                        write(file, 1_500_000, 2_000_000);
                        file.flush();
                    })
                    .isInstanceOf(GridException.class);
        }
        verify(client, "/taken", 1_500_000);
    }

    /** Who knows of no other node leaves his file to the grid; others go on, in place as on any machine of a node, and so do puts. */
    private void theWritersNodeIsKilled(LocalGrid grid, GridClient client) throws Exception {
        NodeProcess node = grid.node("n1");
        long seed = System.nanoTime();
        Process put = put(grid, "/put-on");
        OutputStream putting = put.getOutputStream();
        try (GridClient writer = through(node);
                GridClient others = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT);
                GrowingFile file = GrowingFiles.create(writer, "/of-a-node");
                LastingWriters lasting = new LastingWriters(seed, "/on", new GrowingFiles(others, client))) {
            write(file, 0, 3_400_000);
            file.flush();
            write(file, 3_400_000, 3_500_000);
            putting.write(FlushingWriter.content(0, 4_000_000));
            putting.flush();
            long killAt = new Random(seed).nextInt(10_000_000, 40_000_000);
            Awaitility.await("seed=" + seed).atMost(PATIENCE).until(() -> lasting.bytes() >= killAt);

            node.kill();

            putting.write(FlushingWriter.content(4_000_000, 4_000_000));
            putting.close();
            lasting.finish();
            assertThat(put.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(put.exitValue()).isZero();
            awaitClosed(client, "/of-a-node");
        } finally {
            put.destroyForcibly();
        }
        verify(client, "/of-a-node", 3_400_000);
        verify(client, "/put-on", 8_000_000);
        node.start();
        node.awaitReady(PATIENCE);
    }

    private Process put(LocalGrid grid, String path) throws IOException {
        ProcessBuilder builder = JavaCommand.swarm(List.of("put", "-", path));
        builder.environment().put("SWARM_GRID", String.join(",", grid.addresses()));
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("put.log").toFile())
                .start();
    }

    private void allNodesAreKilled(LocalGrid grid, GridClient client) throws Exception {
        try (GridClient writer = through(grid.node("n3"));
                GrowingFile file = GrowingFiles.create(writer, "/of-all")) {
            write(file, 0, 2_300_000);
            file.flush();
            for (NodeProcess node : grid.nodes()) {
                node.kill();
            }
        }
        for (NodeProcess node : grid.nodes()) {
            node.start();
        }
        for (NodeProcess node : grid.nodes()) {
            node.awaitReady(PATIENCE);
        }
        awaitClosed(client, "/of-all");
        verify(client, "/of-all", 2_300_000);
    }

    private static GridClient through(NodeProcess node) {
        return GridClient.connect(List.of(node.address()), ClientOptions.DEFAULT);
    }

    private static void write(GrowingFile file, int from, int to) {
        file.write(FlushingWriter.content(from, to - from), 0, to - from);
    }

    private static void awaitClosed(GridClient client, String path) {
        Awaitility.await(path + " is closed")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThat(GrowingFiles.stat(client, path).state()).isEqualTo("sealed"));
    }

    /** All bytes that are there are right, and there are at least so many. */
    private static void verify(GridClient client, String path, long atLeast) {
        FileStatus file = GrowingFiles.stat(client, path);
        assertThat(file.sizeBytes()).as(path).isGreaterThanOrEqualTo(atLeast);
        byte[] all = GrowingFiles.read(client, file);
        assertThat(all).as(path).isEqualTo(FlushingWriter.content(0, all.length));
    }
}

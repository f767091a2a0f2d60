package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are stopped while a file is read through them: their connections stay, and say nothing. Every byte is sent. */
class SilentNodesIT {
    private static final URI GRID = URI.create("swarm://silent/");
    private static final Path PATH = new Path("/read-on");
    private static final long SEED = Long.getLong("swarm.test.seed", 29);
    private static final int READ_BEFORE = 1_000_000;
    /** Less than it takes a connection to notice that nobody is at its other end. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final byte[] bytes = new byte[40_000_000];
    private LocalGrid grid;
    private FileSystem files;

    @BeforeEach
    void start(@TempDir java.nio.file.Path directory) throws Exception {
        grid = LocalGrid.start(
                directory,
                3,
                Map.of("storage.short-circuit", "false", "storage.block-size", "4MiB", "grid.failure-timeout", "2s"));
        Configuration configuration = new Configuration();
        configuration.set("fs.swarm.silent.addresses", String.join(",", grid.addresses()));
        configuration.setTimeDuration("fs.swarm.timeout", TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        files = FileSystem.newInstance(GRID, configuration);
        new Random(SEED).nextBytes(bytes);
        try (FSDataOutputStream out = files.create(PATH)) {
            out.write(bytes);
        }
    }

    @AfterEach
    void stop() throws Exception {
        files.close();
        for (NodeProcess node : grid.nodes()) {
            node.kill(); // also where it is stopped
        }
        grid.close();
    }

    @Test
    void areLeftForAnotherWithinTheTimeThatIsConfigured() throws Exception {
        byte[] read = new byte[bytes.length];
        try (FSDataInputStream in = files.open(PATH)) {
            in.readFully(read, 0, READ_BEFORE);

            stop(grid.nodes().get(0)); // the first address, so the one that answers

            in.readFully(read, READ_BEFORE, bytes.length - READ_BEFORE);
        }
        assertThat(read).as("seed=%d", SEED).isEqualTo(bytes);
    }

    @Test
    void areNamedWhereNoneIsLeft() throws Exception {
        byte[] read = new byte[bytes.length];
        try (FSDataInputStream in = files.open(PATH)) {
            in.readFully(read, 0, READ_BEFORE);

            for (NodeProcess node : grid.nodes()) {
                stop(node);
            }

            assertThatThrownBy(() -> in.readFully(read, READ_BEFORE, bytes.length - READ_BEFORE))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("cannot read on: /read-on after \\d+ bytes, tried for \\d+ ms at (?s).*")
                    .satisfies(error -> assertThat(grid.addresses())
                            .allSatisfy(address -> assertThat(error).hasMessageContaining(address)));
        }
    }

    private static void stop(NodeProcess node) throws Exception {
        int exit = new ProcessBuilder("kill", "-STOP", Long.toString(node.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }
}

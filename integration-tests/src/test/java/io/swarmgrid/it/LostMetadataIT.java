package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.LostMetadata;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid whose metadata have no second copy loses a node: what is not there is named, nothing else is touched. */
class LostMetadataIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A node that is waited for no longer than a moment stays counted all the same, while only it has a part. */
    private static final Map<String, String> NO_SECOND_COPY = Map.of(
            "metadata.backups", "0", "repair.node-grace", "1s", "repair.interval", "1s", "repair.join-grace", "1s");

    private static final List<String> DIRECTORIES =
            IntStream.range(0, 40).mapToObj(i -> "/d" + i).toList();

    @TempDir
    private Path directory;

    @Test
    void whatIsLostIsNamedAndIsBackWithItsNode() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 3, NO_SECOND_COPY);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            for (String path : DIRECTORIES) {
                client.action("fs.mkdir", new MakeDirectory(path, false), FileStatus.class);
            }
            NodeProcess lost = grid.node("n3");

            lost.kill();

            await().atMost(PATIENCE).ignoreExceptions().until(() -> lost(client) != null);
            LostMetadata told = Objects.requireNonNull(lost(client));
            assertThat(told.waitingFor()).containsExactly("n3");
            assertThat(told.partitions().keySet()).contains("dentries", "inodes", "blocks");
            assertThat(DIRECTORIES.stream().filter(path -> isRefused(client, path)))
                    .isNotEmpty();
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            assertThat(swarm.run("grid", "status").succeeds().out())
                    .contains("METADATA LOST until these nodes are back: n3");

            lost.start();
            lost.awaitReady(PATIENCE);
            JsonNode healthy = swarm.run("grid", "status", "--wait-healthy=60", "--json")
                    .succeeds()
                    .json();
            assertThat(healthy.has("lost_metadata")).isFalse();
            assertThat(DIRECTORIES).noneMatch(path -> isRefused(client, path));
        }
    }

    private static @Nullable LostMetadata lost(GridClient client) {
        return client.action("grid.status", new Nothing(), GridStatus.class).lostMetadata();
    }

    /** Whether it is refused as it should be; any other answer than that and the right one fails. */
    private static boolean isRefused(GridClient client, String path) {
        try {
            assertThat(client.action("fs.stat", new PathRequest(path), FileStatus.class)
                            .path())
                    .isEqualTo(path);
            return false;
        } catch (GridException e) {
            assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(e)
                    .hasMessageMatching("(?s).*a part of the metadata is on no node now: partition \\d+ of \\w+.*");
            return true;
        }
    }
}

package io.swarmgrid.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.it.chaos.judge.Breach;
import io.swarmgrid.it.chaos.judge.Finding;
import io.swarmgrid.it.chaos.judge.Judge;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is planted on the disk of a real node, or left open in it, is found; where all is well nothing is. */
class SurveyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> SETTINGS = Map.of(
            "repair.interval", "1s",
            "storage.replicas", "1",
            "storage.min-replicas", "1",
            "storage.block-size", "1MiB",
            "storage.trash-grace", "1s",
            "limits.session-idle", "4s");

    @TempDir
    private Path directory;

    @Test
    void findsWhatIsLeft() throws Exception {
        try (Arena arena = Arena.start(directory, List.of(LocalGrid.Host.loopback(SETTINGS)));
                GridClient client = GridClient.connect(arena.addresses(), ClientOptions.DEFAULT)) {
            put(client, "/kept");
            await(arena, List.of());

            Path block = arena.blockFiles(arena.nodes().get(0)).get(0);
            plants(arena, block.resolveSibling("00000000000000aa.7"), Breach.LEAKED_BLOCK, Breach.STRAY_FILE);
            plants(arena, block.resolveSibling("00000000000000aa.7.meta"), Breach.STRAY_FILE);
            plants(arena, block.resolveSibling(block.getFileName() + ".meta.new"), Breach.STRAY_FILE);
            plants(arena, block.resolveSibling("../lent/0123"), Breach.STRAY_FILE);
            plants(arena, block.resolveSibling("../names/names.7.base.new"), Breach.STRAY_FILE);
            plants(arena, block.resolveSibling("../what"), Breach.STRAY_FILE);

            try (FileOutput open = output(client, "/put")) {
                open.write(new byte[(2 << 20) + 1], 0, (2 << 20) + 1);
                Awaitility.await().atMost(PATIENCE).until(() -> findings(arena).contains(Breach.LEAKED_LEASE));
            }
            await(arena, List.of());
            try (GrowingFile open = GrowingFile.create(client, new FilePut("/grows", null, null, null, null))) {
                open.flush();
                // Its state, and the lease.
                await(arena, List.of(Breach.LEAKED_LEASE, Breach.LEAKED_LEASE));
                open.commit();
            }
            await(arena, List.of());

            client.action(
                    "dataset.begin",
                    new DatasetPut(null, "/set", PutMode.CREATE, null, null, null, null, null),
                    SessionInfo.class);
            await(arena, List.of(Breach.LEAKED_SESSION));
            await(arena, List.of()); // it is given up
        }
    }

    private static void plants(Arena arena, Path file, Breach... found) throws Exception {
        Files.write(file, new byte[10]);
        await(arena, List.of(found));
        Files.delete(file);
    }

    private static void await(Arena arena, List<Breach> expected) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(GridException.class)
                .untilAsserted(() -> assertThat(findings(arena)).isEqualTo(expected));
    }

    private static List<Breach> findings(Arena arena) throws IOException {
        return Judge.findings(Set.of("/kept", "/grows"), Survey.of(arena, Map.of())).stream()
                .map(Finding::breach)
                .toList();
    }

    private static void put(GridClient client, String path) {
        try (FileOutput output = output(client, path)) {
            output.write(new byte[300_000], 0, 300_000);
            output.commit();
        }
    }

    private static FileOutput output(GridClient client, String path) {
        return new FileOutput(client, new FilePut(path, false, null, null, null));
    }
}

package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of the metadata of three real processes, and what a restore makes of them. */
class BackupIT {
    private static final Map<String, String> SETTINGS = Map.of(
            "repair.join-grace", "1s",
            "repair.interval", "1s",
            "metadata.partitions", "32",
            "storage.block-size", "1MiB",
            "storage.lease-duration", "2s",
            "storage.orphan-grace", "3s",
            "storage.trash-grace", "1h");

    @TempDir
    private Path directory;

    private final Random random = new Random(11);
    private Swarm swarm;
    private Path local;

    @BeforeEach
    void makeFiles() throws Exception {
        swarm = new Swarm(directory);
        local = Files.createDirectories(directory.resolve("local"));
        for (Map.Entry<String, Integer> each : Map.of(
                        "empty", 0, "tiny", 10, "small", 5000, "block", 1 << 20, "blocks", 3_500_000)
                .entrySet()) {
            byte[] content = new byte[each.getValue()];
            random.nextBytes(content);
            Files.write(local.resolve(each.getKey()), content);
        }
    }

    @Test
    void bringsBackWhatItHasAfterMistakesAndAfterTheLossOfAllMetadata() throws Exception {
        Map<String, String> hashes;
        try (LocalGrid grid = LocalGrid.start(directory, 3, SETTINGS)) {
            Swarm on = swarm.on(grid.addresses());
            on.run("put", "-r", local.toString(), "/then/kept").succeeds();
            on.run("put", "-r", local.toString(), "/then/removed").succeeds();
            makeListVerifyAndKeep(on, grid);
            hashes = hashes(on, "/then");
            on.run("rm", "-r", "/then/removed").succeeds();
            on.run("put", "-f", local.resolve("block").toString(), "/then/kept/blocks")
                    .succeeds();
            on.run("mv", "/then/kept/small", "/then/kept/moved").succeeds();
            on.run("put", local.resolve("blocks").toString(), "/later").succeeds();

            JsonNode done =
                    on.run("backup", "--restore", "first", "--json").succeeds().json();
            assertThat(done.path("recovering").asBoolean()).isFalse();
            assertThat(done.path("problems")).hasSize(1);
            Path displaced = directory.resolve("displaced");
            on.run("get", done.path("problems").get(0).path("path").asText(), displaced.toString())
                    .succeeds();
            assertThat(Files.mismatch(displaced, local.resolve("block"))).isEqualTo(-1);
            assertThat(hashes(on, "/then")).isEqualTo(hashes);
            on.run("put", local.resolve("tiny").toString(), "/after").succeeds();
            on.run("grid", "status", "--wait-healthy=60").succeeds();
            on.run("fsck").succeeds();
            for (NodeProcess node : grid.nodes()) {
                node.kill();
            }
        }
        for (int i = 1; i <= 3; i++) {
            delete(directory.resolve("n" + i).resolve("metadata"));
            delete(directory.resolve("n" + i).resolve("blocks").resolve("names"));
        }
        Map<String, String> recovering = new HashMap<>(SETTINGS);
        recovering.put("node.recover", "true");
        try (LocalGrid grid = LocalGrid.start(directory, 3, recovering)) {
            Swarm on = swarm.on(grid.addresses());
            assertThat(on.run("mkdir", "/not-yet").exits(4).err()).contains("takes no changes");
            JsonNode done =
                    on.run("backup", "--restore", "first", "--json").succeeds().json();
            assertThat(done.path("counts").path("missing_blocks").asInt()).isZero();
            assertThat(done.path("recovering").asBoolean()).isFalse();
            assertThat(hashes(on, "/then")).isEqualTo(hashes);
            Path later = directory.resolve("later");
            on.run("get", "/later", later.toString()).succeeds(); // of its blocks, which nobody has deleted
            assertThat(Files.mismatch(later, local.resolve("blocks"))).isEqualTo(-1);
            on.run("mkdir", "/at-last").succeeds();
            on.run("grid", "status", "--wait-healthy=60").succeeds();
            on.run("fsck", "--verify").succeeds();
        }
    }

    /** Under a writer; {@code first} is one of them. */
    private void makeListVerifyAndKeep(Swarm on, LocalGrid grid) throws Exception {
        Path shared = directory.resolve("shared");
        JsonNode made;
        try (Writer writer = new Writer(grid.addresses())) {
            made = on.run("backup", "--name", "first", "--json").succeeds().json();
            on.run("backup", shared.toString(), "--name", "one").succeeds();
            assertThat(writer.made).hasPositiveValue();
        }
        assertThat(made.path("backup").path("files").asInt()).isEqualTo(10);
        assertThat(made.path("backup").path("parts")).hasSize(3);
        for (JsonNode part : made.path("backup").path("parts")) {
            Path own = directory.resolve(part.path("node").asText());
            assertThat(Path.of(part.path("path").asText()))
                    .isEqualTo(own.resolve("backups").resolve("first"))
                    .isDirectory();
        }
        assertThat(on.run("backup", "--list").succeeds().out()).contains("first", "n1,n2,n3");
        on.run("backup", "--verify", "first").succeeds();
        assertThat(on.run("backup", shared.toString(), "--name", "two", "--keep", "1")
                        .succeeds()
                        .out())
                .contains("deleted: one");
        assertThat(shared.resolve("one")).doesNotExist();
        assertThat(on.run("backup", "--verify", "third").exits(3).err()).contains("no such backup: third", "first");
        assertThat(on.run("backup", "--name", "first").exits(1).err()).contains("there is a backup first already");
        assertThat(on.run("grid", "status").succeeds().out()).contains("last backup: two");
    }

    private Map<String, String> hashes(Swarm on, String path) throws Exception {
        Path target = directory.resolve("got");
        delete(target);
        on.run("get", "-r", path, target.toString()).succeeds();
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(target)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                hashes.put(target.relativize(file).toString(), HexFormat.of().formatHex(hash));
            }
        }
        assertThat(hashes).hasSize(10);
        return hashes;
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> all = Files.walk(tree)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    /** Makes directories without a pause. */
    private static final class Writer implements AutoCloseable {
        private final AtomicBoolean done = new AtomicBoolean();
        private final AtomicInteger made = new AtomicInteger();
        private final Thread thread;

        Writer(List<String> addresses) {
            thread = new Thread(
                    () -> {
                        try (GridClient client = GridClient.connect(addresses, ClientOptions.DEFAULT)) {
                            while (!done.get()) {
                                MakeDirectory next = new MakeDirectory("/written/" + made.incrementAndGet(), true);
                                client.action("fs.mkdir", next, FileStatus.class);
                            }
                        }
                    },
                    "writer");
            thread.start();
        }

        @Override
        public void close() {
            done.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

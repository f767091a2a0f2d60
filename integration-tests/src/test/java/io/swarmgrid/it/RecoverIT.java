package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.SetAttribute;
import io.swarmgrid.client.wire.Truncate;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Grids of real processes that have lost every directory of their metadata, and come back from their blocks and journals. */
class RecoverIT {
    private static final String LONG = "swarm.test.long";
    private static final String TAKES_LONG = "starts many nodes: ./swarm test --long";

    private static final Path FLIGHTS = Path.of("..", "data", "flights-200k.arrow");

    /** Orphans are deleted within seconds where nothing keeps them. */
    private static final Map<String, String> SETTINGS = Map.of(
            "repair.join-grace", "1s",
            "repair.interval", "1s",
            "storage.block-size", "1MiB",
            "storage.lease-duration", "2s",
            "storage.orphan-grace", "3s",
            "storage.trash-grace", "1s");

    @TempDir
    private Path directory;

    private final Random random = new Random(7);
    private Swarm swarm;
    private Path local;
    private JsonNode limited = NullNode.getInstance();

    @BeforeEach
    void makeFiles() throws Exception {
        swarm = new Swarm(directory);
        local = Files.createDirectories(directory.resolve("local"));
        Map.of("empty", 0, "tiny", 10, "inline", 4096, "small", 5000, "block", 1 << 20, "blocks", 3_500_000)
                .forEach(this::make);
        Files.createDirectories(local.resolve("deep/er"));
        make("deep/er/file", 1_200_000);
    }

    /** The whole way of three nodes is part of each run, the rest of long ones: starting nodes takes minutes. */
    static IntStream counts() {
        return Boolean.getBoolean(LONG) ? IntStream.of(1, 3) : IntStream.of(3);
    }

    @ParameterizedTest
    @MethodSource("counts")
    void everyClosedFileComesBackHashForHash(int count) throws Exception {
        List<JsonNode> listed;
        Map<String, String> hashes;
        Map<String, String> settings = settings(count);
        try (LocalGrid grid = LocalGrid.start(directory, count, settings)) {
            Swarm on = swarm.on(grid.addresses());
            fill(on, grid.addresses());
            listed = listing(on);
            hashes = hashes(on, "before");
            limited = counted(on);
            for (NodeProcess node : grid.nodes()) {
                node.kill();
            }
        }
        loseMetadata(count);
        assertRefused("n1");

        try (LocalGrid grid = LocalGrid.start(directory, count, recovering(settings))) {
            Swarm on = swarm.on(grid.addresses());
            assertThat(on.run("mkdir", "/not-yet").exits(4).err()).contains("swarm recover");
            JsonNode dry = on.run("recover", "--dry-run", "--json").succeeds().json();
            assertThat(dry.path("counts").path("files").asLong()).isEqualTo(hashes.size());
            assertThat(listing(on)).isEmpty();

            JsonNode done = on.run("recover", "--json").succeeds().json();
            assertThat(done.path("counts")).isEqualTo(dry.path("counts"));
            assertThat(done.path("problems")).isEmpty();
            assertThat(done.path("nodes")).hasSize(count);
            assertThat(done.path("recovering").asBoolean()).isTrue();
            assertThat(listing(on)).isEqualTo(listed);
            JsonNode again = on.run("recover", "--finish", "--json").succeeds().json();
            assertThat(again.path("counts")).isEqualTo(done.path("counts"));
            assertThat(again.path("recovering").asBoolean()).isFalse();

            assertWhole(on, listed, hashes);
            on.run("put", local.resolve("blocks").toString(), "/after").succeeds();
            on.run("grid", "status", "--wait-healthy=90").succeeds();
            on.run("fsck", "--verify").succeeds();
            on.run("rm", "/after").succeeds();
            assertThat(on.run("recover").exits(4).err()).contains("is not being recovered");
        }
        try (LocalGrid grid = LocalGrid.start(directory, count, settings)) {
            assertWhole(swarm.on(grid.addresses()), listed, hashes);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = LONG, matches = "true", disabledReason = TAKES_LONG)
    void whatIsMissingIsNamedAndTheRestComesBack() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 1, SETTINGS)) {
            swarm.on(grid.addresses())
                    .run(
                            "put",
                            local.resolve("blocks").toString(),
                            local.resolve("block").toString(),
                            "/")
                    .succeeds();
            grid.nodes().get(0).kill();
        }
        loseMetadata(1);
        Path lost = blocks("n1").stream()
                .filter(block -> size(block) == 3_500_000 % (1 << 20))
                .findFirst()
                .orElseThrow();
        Files.delete(lost);

        try (LocalGrid grid = LocalGrid.start(directory, 1, recovering(SETTINGS))) {
            Swarm on = swarm.on(grid.addresses());
            JsonNode told = on.run("recover", "--finish", "--json").exits(8).json();
            assertThat(told.path("counts").path("broken_files").asLong()).isEqualTo(1);
            assertThat(told.path("problems")).hasSize(1);
            JsonNode problem = told.path("problems").get(0);
            assertThat(problem.path("path").asText()).isEqualTo("/blocks");
            assertThat(problem.path("problem").asText()).isEqualTo("missing_block");
            assertThat(lost.getFileName().toString())
                    .startsWith(problem.path("block_id").asText());
            assertThat(problem.path("offset").asLong()).isEqualTo(3 << 20);

            Path back = directory.resolve("back");
            assertThat(on.run("get", "/blocks", back.toString()).exit()).isNotZero();
            on.run("get", "/block", back.toString()).succeeds();
            assertThat(Files.mismatch(local.resolve("block"), back)).isEqualTo(-1);
            on.run("fsck").exits(8);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = LONG, matches = "true", disabledReason = TAKES_LONG)
    void withoutAJournalFilesComeBackByThePathThatTheyHadWhenTheyWereWritten() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 1, SETTINGS)) {
            swarm.on(grid.addresses())
                    .run("put", local.resolve("blocks").toString(), "/as/written")
                    .succeeds();
            grid.nodes().get(0).kill();
        }
        loseMetadata(1);
        delete(directory.resolve("n1").resolve("blocks").resolve("names"));
        Files.delete(directory.resolve("n1").resolve("node.json"));

        try (LocalGrid grid = LocalGrid.start(directory, 1, recovering(SETTINGS))) {
            Swarm on = swarm.on(grid.addresses());
            JsonNode told = on.run("recover", "--finish", "--json").succeeds().json();
            assertThat(told.path("counts").path("files_without_record").asLong())
                    .isEqualTo(1);
            Path back = directory.resolve("back");
            on.run("get", "/as/written", back.toString()).succeeds();
            assertThat(Files.mismatch(local.resolve("blocks"), back)).isEqualTo(-1);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = LONG, matches = "true", disabledReason = TAKES_LONG)
    void aNodeThatAloneHasLostItsMetadataJoinsAndKeepsItsBlocks() throws Exception {
        List<JsonNode> listed;
        Map<String, String> hashes;
        try (LocalGrid grid = LocalGrid.start(directory, 3, SETTINGS)) {
            Swarm on = swarm.on(grid.addresses());
            on.run("put", "-r", local.toString(), "/kept").succeeds();
            on.run("grid", "status", "--wait-healthy=90").succeeds();
            listed = listing(on);
            hashes = hashes(on, "before");
        }
        delete(directory.resolve("n2").resolve("metadata"));
        int blocks = blocks("n2").size();
        assertRefused("n2");

        try (LocalGrid grid = LocalGrid.start(directory, 3, recovering(SETTINGS))) {
            Swarm on = swarm.on(grid.addresses());
            on.run("grid", "status", "--wait-healthy=90").succeeds();
            assertThat(on.run("recover").exits(4).err()).contains("is not being recovered");
            assertWhole(on, listed, hashes);
            assertThat(blocks("n2")).hasSize(blocks);
        }
    }

    private void fill(Swarm on, List<String> addresses) throws Exception {
        on.run("put", "-r", local.toString(), "/kept").succeeds();
        on.run("put", local.resolve("small").toString(), local.resolve("tiny").toString(), "/kept/deep/")
                .succeeds();
        on.run("put", "-f", local.resolve("blocks").toString(), "/kept/block").succeeds();
        on.run("put", "-f", local.resolve("tiny").toString(), "/kept/small").succeeds();
        on.run("mv", "/kept/blocks", "/kept/renamed").succeeds();
        on.run("mv", "/kept/deep", "/moved").succeeds();
        on.run("rm", "/moved/small").succeeds();
        on.run("mkdir", "/hollow").succeeds();
        on.run("put", "-r", local.toString(), "/joined").succeeds();
        on.run("put", "-r", local.toString(), "/removed").succeeds();
        on.run("rm", "-r", "/removed").succeeds();
        on.run("dataset", "put", "/data/flights", FLIGHTS.toString(), "--partitions", "3")
                .succeeds();
        Path shards = Files.createDirectories(directory.resolve("shards"));
        Files.copy(local.resolve("block"), shards.resolve("rank-0"));
        Files.copy(local.resolve("tiny"), shards.resolve("rank-1"));
        on.run("checkpoint", "put", shards.toString(), "/runs/seven", "3", "--metadata", "{\"loss\": 0.5}")
                .succeeds();
        try (GridClient client = GridClient.connect(addresses, ClientOptions.DEFAULT)) {
            client.action("fs.set_attribute", new SetAttribute("/kept/tiny", "a", "text"), FileStatus.class);
            List<String> sources = List.of("/joined/tiny", "/joined/block", "/joined/empty");
            client.action("fs.concat", new Concat("/joined/blocks", sources, null), FileStatus.class);
            client.action("fs.set_attribute", new SetAttribute("/hollow", "b", "of a directory"), FileStatus.class);
            on.run("put", "-r", local.toString(), "/changed").succeeds();
            change(client, "/changed");
        }
        on.run("setrep", "1", "/changed/deep", "--wait", "60").succeeds();
        on.run("quota", "/changed", "--bytes", "20MB", "--entries", "6").succeeds();
    }

    /** A quota, once all that is there counts for it: so many files and directories, and their bytes. */
    private static JsonNode counted(Swarm on) throws Exception {
        JsonNode quota;
        do {
            quota = on.run("du", "--quota", "/changed", "--json").succeeds().json();
        } while (!quota.path("state").asText().equals("active"));
        assertThat(quota.path("used_entries").asLong())
                .isEqualTo(quota.path("limit_entries").asLong());
        return quota;
    }

    /** Files that are not as they were first written: longer, shorter, both, and then joined. */
    private void change(GridClient client, String home) {
        for (String grown : List.of("/inline", "/small", "/blocks", "/deep/er/file")) {
            byte[] more = new byte[1_700_000];
            random.nextBytes(more);
            try (GrowingFile file = GrowingFile.append(client, home + grown)) {
                file.write(more, 0, more.length);
                file.commit();
            }
        }
        Map<String, Integer> cut =
                Map.of("/tiny", 4, "/block", 700_000, "/blocks", 3_700_000, "/deep/er/file", 1_300_000);
        cut.forEach((name, bytes) -> client.action("fs.truncate", new Truncate(home + name, bytes), FileStatus.class));
        List<String> sources = List.of(home + "/block", home + "/small", home + "/tiny");
        client.action("fs.concat", new Concat(home + "/blocks", sources, null), FileStatus.class);
    }

    private void assertWhole(Swarm on, List<JsonNode> listed, Map<String, String> hashes) throws Exception {
        assertThat(listing(on)).isEqualTo(listed);
        assertThat(hashes(on, "after")).isEqualTo(hashes);
        if (hashes.keySet().stream().anyMatch(path -> path.contains("flights"))) {
            assertThat(on.run("dataset", "info", "/data/flights", "--json")
                            .succeeds()
                            .json()
                            .path("rows")
                            .asInt())
                    .isEqualTo(200_000);
            assertThat(counted(on)).isEqualTo(limited);
            assertThat(on.run("mkdir", "/changed/more").exits(4).err())
                    .contains("quota of /changed: 6 entries, used 6");
            Path csv = directory.resolve("flights.csv");
            on.run("dataset", "export", "/data/flights", csv.toString(), "-f").succeeds();
            assertThat(Files.readAllLines(csv)).hasSize(200_001);
            Path shards = directory.resolve("restored");
            on.run("checkpoint", "get", "/runs/seven", "latest", shards.toString(), "-f")
                    .succeeds();
            assertThat(Files.mismatch(local.resolve("block"), shards.resolve("rank-0")))
                    .isEqualTo(-1);
        }
    }

    /** Every entry with its id, length, version, times, owner, replicas and attributes. */
    private static List<JsonNode> listing(Swarm on) throws Exception {
        return on.run("ls", "-R", "--json", "/").succeeds().documents();
    }

    private Map<String, String> hashes(Swarm on, String name) throws Exception {
        Path target = directory.resolve(name);
        delete(target);
        on.run("get", "-r", "/", target.toString()).succeeds();
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(target)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                hashes.put(target.relativize(file).toString(), HexFormat.of().formatHex(hash));
            }
        }
        assertThat(hashes).isNotEmpty();
        return hashes;
    }

    private void assertRefused(String node) throws Exception {
        List<Path> before = blocks(node);
        Path data = directory.resolve(node);
        List<String> words = new ArrayList<>(List.of("node", "--data", data.toString(), "--name", node));
        Swarm.Result refused = swarm.run(words.toArray(String[]::new)).exits(4);
        assertThat(refused.err())
                .contains("has lost its metadata", data.resolve("metadata").toString(), "--recover");
        assertThat(blocks(node)).isEqualTo(before);
        assertThat(data.resolve("metadata").resolve("storage")).doesNotExist();
    }

    /** A node alone has one copy of each block, and is healthy with it. */
    private static Map<String, String> settings(int count) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        if (count == 1) {
            settings.putAll(Map.of("storage.replicas", "1", "storage.min-replicas", "1"));
        }
        return settings;
    }

    private static Map<String, String> recovering(Map<String, String> settings) {
        Map<String, String> recovering = new HashMap<>(settings);
        recovering.put("node.recover", "true");
        return recovering;
    }

    private void loseMetadata(int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            delete(directory.resolve("n" + i).resolve("metadata"));
        }
    }

    private List<Path> blocks(String node) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve(node).resolve("blocks"))) {
            return all.filter(file -> file.getFileName().toString().matches("[0-9a-f]{16}\\.\\d+"))
                    .sorted()
                    .toList();
        }
    }

    private void make(String name, int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        try {
            Files.write(local.resolve(name), content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}

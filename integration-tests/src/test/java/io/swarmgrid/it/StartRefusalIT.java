package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.Ports;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that cannot run well does not run at all: it says why in a few words, and touches nothing. */
class StartRefusalIT {
    private static final Pattern LOG = Pattern.compile("20\\d\\d-|\tat |\t\\.\\.\\. |Caused by: |\\S+Exception");

    @TempDir
    private Path directory;

    private Swarm swarm;
    private Path data;

    @BeforeEach
    void prepare() {
        swarm = new Swarm(directory);
        data = directory.resolve("n1");
    }

    @Test
    void aDataDirectoryInUseIsRefusedAndItsOwnerGoesOn() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 1, Map.of())) {
            Swarm.Result refused = start();

            assertRefused(refused, data.toString(), "in use by another node");
            swarm.on(grid.addresses()).run("ls", "/").succeeds();
        }
    }

    @Test
    void aDataDirectoryOfAnotherGridOrNodeOrOfANewerVersionIsRefused() throws Exception {
        makeNode();

        assertRefused(start("grid.name=other"), data.toString(), "belongs to grid 'swarm', not 'other'");
        assertRefused(start("node.name=n7"), data.toString(), "belongs to node 'n1', not 'n7'");

        Path identity = data.resolve("node.json");
        String written = Files.readString(identity);
        Files.writeString(identity, written.replaceFirst("\"format_version\" *: *\\d+", "\"format_version\":99"));
        assertRefused(start(), data.toString(), "newer version", "99");
        assertThat(Files.readString(identity)).contains("99");

        Files.writeString(identity, written);
        try (LocalGrid grid = LocalGrid.start(directory, 1, Map.of())) {
            assertThat(swarm.on(grid.addresses()).run("cat", "/kept").succeeds().out())
                    .isEqualTo("kept");
        }
    }

    @Test
    void aDataDirectoryOfAnotherGridOfTheSameNameIsRefused() throws Exception {
        LocalGrid.start(directory, 2, Map.of()).close();
        data = directory.resolve("n2");
        try (LocalGrid other = LocalGrid.start(Files.createDirectory(directory.resolve("other")), 1, Map.of())) {
            String seed = gridAddress(other.nodes().get(0));

            assertRefused(
                    start("grid.seeds=" + seed, "node.name=n2", "grid.join-timeout=5s"),
                    "the metadata of node 'n2' has gone another way than the grid's",
                    "move the metadata directory aside");
            swarm.on(other.addresses()).run("ls", "/").succeeds();
        }
        theBlocksOfAnotherGridAreRefusedBesideDataOfItsOwn(
                directory.resolve("other").resolve("n1"));
    }

    private void theBlocksOfAnotherGridAreRefusedBesideDataOfItsOwn(Path own) throws Exception {
        Path foreign = directory.resolve("n1").resolve("blocks");
        Path owner = foreign.resolve("tier.json");
        String before = Files.readString(owner);
        data = own;

        assertRefused(
                start("storage.tiers=[{medium: ssd, path: " + foreign + "}]"),
                foreign.toString(),
                "has blocks of another grid",
                "give the node the tier it had, or an empty directory");

        assertThat(owner).hasContent(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"flight", "grid", "http"})
    void aPortInUseIsNamed(String door) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertRefused(start("listen." + door + "=" + address), address, "in use");
        }
    }

    @Test
    void everyUnknownKeyIsListed() throws Exception {
        Path file = Files.writeString(directory.resolve("swarm.yaml"), """
                storage: {replicsa: 3, chunk-size: 1MiB}
                grdi: {name: lab}
                qos: {classes: {bulk: {wieght: 4}}}
                """);

        Swarm.Result refused = swarm.with("SWARM_STORAGE_REPLICAZ", "3")
                .run("node", "--config", file.toString(), "--data", data.toString(), "--set", "limits.lits-page=3");

        assertRefused(
                refused,
                "storage.replicsa",
                "grdi",
                "qos.classes.bulk.wieght",
                "limits.lits-page",
                "SWARM_STORAGE_REPLICAZ",
                "did you mean");
        assertThat(data).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flight", "grid", "http", "transport"})
    void beyondLoopbackANodeWantsTlsAndTokens(String door) throws Exception {
        assertRefused(
                start("listen." + door + "=0.0.0.0:" + Ports.free(1).get(0)),
                "listen." + door,
                "security.tls",
                "security.tokens-file",
                "--insecure");
        assertThat(data.resolve("metadata")).doesNotExist();
    }

    @Test
    void tlsWithoutTokensIsNotEnough() throws Exception {
        assertRefused(
                start(
                        "listen.flight=0.0.0.0:" + Ports.free(1).get(0),
                        "security.tls.cert=/x",
                        "security.tls.key=/x",
                        "security.tls.ca=/x"),
                "security.tokens-file");
    }

    @Test
    void powerOnAGridThatPromisesLessIsRefused() throws Exception {
        assertRefused(start("metadata.durability=process"), "storage.durability", "metadata.durability");
    }

    private void makeNode() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 1, Map.of())) {
            Path file = Files.writeString(directory.resolve("kept"), "kept");
            swarm.on(grid.addresses()).run("put", file.toString(), "/kept").succeeds();
        }
    }

    /** Starts a node on the data directory with these settings, and returns when it has ended. */
    private Swarm.Result start(String... settings) throws Exception {
        List<Integer> ports = Ports.free(4);
        List<String> words = new ArrayList<>(List.of("node", "--data", data.toString()));
        words.addAll(List.of("--set", "node.name=n1"));
        String[] doors = {"flight", "grid", "transport", "http"};
        for (int i = 0; i < doors.length; i++) {
            words.addAll(List.of("--set", "listen." + doors[i] + "=127.0.0.1:" + ports.get(i)));
        }
        for (String setting : settings) {
            String key = setting.substring(0, setting.indexOf('='));
            int old = words.stream()
                    .filter(word -> word.startsWith(key + "="))
                    .map(words::indexOf)
                    .findFirst()
                    .orElse(-1);
            if (old >= 0) {
                words.set(old, setting);
            } else {
                words.addAll(List.of("--set", setting));
            }
        }
        return swarm.run(words.toArray(String[]::new));
    }

    private String gridAddress(NodeProcess node) throws Exception {
        String status = swarm.on(List.of(node.address()))
                .run("grid", "status", "--json")
                .succeeds()
                .out();
        long pid = Json.tree(status.getBytes(StandardCharsets.UTF_8))
                .path("nodes")
                .get(0)
                .path("pid")
                .asLong();
        String prefix = "listen.grid=";
        return Arrays.stream(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                        .split("\0"))
                .filter(word -> word.startsWith(prefix))
                .map(word -> word.substring(prefix.length()))
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(Swarm.Result result, String... words) {
        assertThat(result.exit()).as("%s", result.err()).isNotZero().isNotEqualTo(70);
        assertThat(lastWords(result.err())).contains(words);
        assertThat(result.out()).doesNotContain(NodeProcess.READY);
    }

    /** What comes after the log, which may be long: it has to be enough. */
    private static String lastWords(String err) {
        List<String> lines = err.lines().toList();
        int logged = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (LOG.matcher(lines.get(i)).lookingAt()) {
                logged = i + 1;
            }
        }
        return String.join("\n", lines.subList(logged, lines.size()));
    }
}

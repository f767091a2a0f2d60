package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.config.Ports;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.GridNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code swarm quota} and {@code swarm du --quota} of a node. */
class QuotaCommandTest {
    @TempDir
    private Path directory;

    private GridNode node;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() {
        List<Integer> ports = Ports.free(4);
        Map<String, String> settings = Map.of(
                "node.name",
                "n1",
                "node.data",
                directory.resolve("data").toString(),
                "listen.flight",
                "127.0.0.1:" + ports.get(0),
                "listen.grid",
                "127.0.0.1:" + ports.get(1),
                "listen.transport",
                "127.0.0.1:" + ports.get(2),
                "listen.http",
                "127.0.0.1:" + ports.get(3),
                "metadata.partitions",
                "16",
                "storage.replicas",
                "1",
                "storage.min-replicas",
                "1");
        node = GridNode.start(SwarmConfig.defaults().with(settings));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private int run(String... words) {
        URI location = URI.create(node.location());
        List<String> all = new ArrayList<>(List.of("--grid", location.getHost() + ":" + location.getPort()));
        all.addAll(List.of(words));
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        ByteArrayOutputStream failed = new ByteArrayOutputStream();
        int code = Main.run(
                all.toArray(String[]::new),
                new PrintStream(told, true, StandardCharsets.UTF_8),
                new PrintStream(failed, true, StandardCharsets.UTF_8),
                Map.of());
        out = told.toString(StandardCharsets.UTF_8);
        err = failed.toString(StandardCharsets.UTF_8);
        return code;
    }

    private void succeed(String... words) {
        assertThat(run(words)).as(err).isEqualTo(ExitCode.OK);
    }

    private JsonNode json(String... words) throws IOException {
        succeed(words);
        return new ObjectMapper().readTree(out);
    }

    @Test
    void isKeptAndShown() throws IOException {
        String file = Files.write(directory.resolve("file"), new byte[1000]).toString();
        succeed("mkdir", "/q");
        succeed("put", file, "/q/before");
        succeed("du", "--quota", "/q");
        assertThat(out).isEmpty();
        succeed("quota", "/q", "--bytes", "2kB", "--entries", "2");
        JsonNode quota;
        do {
            quota = json("du", "--quota", "/q", "--json");
        } while (!quota.path("state").asText().equals("active"));
        assertThat(quota.path("used_bytes").asLong()).isEqualTo(1000);
        assertThat(quota.path("limit_entries").asLong()).isEqualTo(2);
        succeed("put", file, "/q/second");
        assertThat(run("put", file, "/q/third")).isEqualTo(ExitCode.of(ErrorCode.QUOTA_EXCEEDED));
        assertThat(err).contains("quota of /q: 2");
        succeed("quota", "/q");
        assertThat(out).contains("LEFT", "active", "/q");
        assertThat(json("du", "/q", "--json").path("quota").path("used_entries").asLong())
                .isEqualTo(2);
        assertThat(run("quota", "/q", "never")).isEqualTo(ExitCode.USAGE);
        assertThat(run("quota", "/q", "--entries", "many")).isEqualTo(ExitCode.USAGE);
        succeed("quota", "/q", "none");
        succeed("put", file, "/q/third");
    }

    @Test
    void leavesTheLimitThatIsNotNamed() throws IOException {
        succeed("mkdir", "/q");
        requireLimits(10L, 5_000L, "--bytes", "10B", "--entries", "5k");
        requireLimits(20L, 5_000L, "--bytes", "20B");
        requireLimits(20L, 7L, "--entries", "7");
        requireLimits(null, 7L, "--bytes", "none");
        requireLimits(null, 7L, "--bytes", "none");
        requireLimits(30L, null, "--bytes", "30B", "--entries", "none");
        succeed("quota", "/q", "--bytes", "none");
        assertThat(out).as("the last limit goes with the quota").isEmpty();
    }

    private void requireLimits(@Nullable Long bytes, @Nullable Long entries, String... named) throws IOException {
        List<String> words = new ArrayList<>(List.of("quota", "/q", "--json"));
        words.addAll(List.of(named));
        JsonNode quota = json(words.toArray(String[]::new));
        assertThat(limit(quota, "limit_bytes")).isEqualTo(bytes);
        assertThat(limit(quota, "limit_entries")).isEqualTo(entries);
    }

    private static @Nullable Long limit(JsonNode quota, String field) {
        return quota.hasNonNull(field) ? quota.path(field).asLong() : null;
    }
}

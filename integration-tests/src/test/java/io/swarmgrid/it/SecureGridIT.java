package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards clients, mutual TLS between nodes, tokens with grants. */
class SecureGridIT {
    @TempDir
    private Path directory;

    @Test
    void clientsNeedTheAuthorityAndATokenWithTheGrant() throws Exception {
        Certificates certificates = new Certificates(Files.createDirectory(directory.resolve("tls"))).issue("node");
        Path tokens = directory.resolve("tokens");
        Swarm plain = new Swarm(directory);
        Path writer = token(plain, tokens, "writer", "read,write");
        Path reader = token(plain, tokens, "reader", "read");
        Path file = Files.write(directory.resolve("file"), new byte[200_000]);

        try (LocalGrid grid = LocalGrid.start(directory, 2, settings(certificates, "node", tokens))) {
            Swarm trusting = plain.on(grid.addresses())
                    .with("SWARM_TLS_CA", certificates.authority().toString());
            Swarm asWriter = trusting.with("SWARM_TOKEN_FILE", writer.toString());
            Swarm asReader = trusting.with("SWARM_TOKEN_FILE", reader.toString());

            asWriter.run("put", file.toString(), "/file").succeeds();
            asReader.run("get", "/file", directory.resolve("back").toString()).succeeds();
            assertThat(Files.mismatch(file, directory.resolve("back"))).isEqualTo(-1);
            JsonNode blocks =
                    asReader.run("locate", "/file", "--json").succeeds().json();
            assertThat(blocks.path("holders"))
                    .as("the replica went over mutual TLS")
                    .hasSize(2);
            assertThat(asReader.run("grid", "whoami", "--json")
                            .succeeds()
                            .json()
                            .path("name")
                            .asText())
                    .isEqualTo("reader");

            asReader.run("put", file.toString(), "/denied").exits(5);
            asWriter.run("grid", "safe-mode", "enter").exits(5);
            assertThat(asReader.run("grid", "safe-mode", "get").succeeds().out())
                    .isEqualTo("safe mode is off\n");
            trusting.run("ls", "/").exits(5);
            trusting.with("SWARM_TOKEN", "made-up").run("ls", "/").exits(5);
            plain.on(grid.addresses())
                    .with("SWARM_TOKEN_FILE", writer.toString())
                    .run("ls", "/")
                    .exits(6);
            Certificates strangers =
                    new Certificates(Files.createDirectory(directory.resolve("strangers"))).issue("node");
            plain.on(grid.addresses())
                    .with("SWARM_TLS_CA", strangers.authority().toString())
                    .with("SWARM_TOKEN_FILE", writer.toString())
                    .run("ls", "/")
                    .exits(6);

            Path late = token(plain, tokens, "late", "read");
            Awaitility.await().untilAsserted(() -> trusting.with("SWARM_TOKEN_FILE", late.toString())
                    .run("ls", "/")
                    .succeeds());
            assertKeptOut(grid, plain, certificates, strangers, tokens);
            grid.nodes().forEach(node -> assertNoSecrets(node.log(), List.of(writer, reader, late)));
        }
    }

    /** A node that knows the grid's authority, and has a certificate of another. */
    private void assertKeptOut(LocalGrid grid, Swarm plain, Certificates ours, Certificates theirs, Path tokens)
            throws Exception {
        List<String> words = new ArrayList<>(List.of("node", "--name", "stranger", "--listen", "127.0.0.1:0"));
        words.addAll(List.of("--data", directory.resolve("stranger").toString()));
        Map<String, String> settings = new TreeMap<>(settings(theirs, "node", tokens));
        settings.put("security.tls.ca", ours.authority().toString());
        settings.put("grid.join-timeout", "2s");
        settings.put("listen.grid", "127.0.0.1:0");
        settings.put("listen.http", "127.0.0.1:0");
        settings.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
        words.addAll(List.of("--join", String.join(",", grid.seeds())));
        assertThat(plain.run(words.toArray(String[]::new)).err())
                .contains("security.tls.cert", "must be from an authority in");
        assertThat(plain.on(grid.addresses())
                        .with("SWARM_TLS_CA", ours.authority().toString())
                        .with(
                                "SWARM_TOKEN_FILE",
                                directory.resolve("reader.token").toString())
                        .run("grid", "status", "--json")
                        .json()
                        .path("nodes"))
                .hasSize(2);
    }

    private static Map<String, String> settings(Certificates certificates, String name, Path tokens) {
        return Map.of(
                "security.tls.cert", certificates.certificate(name).toString(),
                "security.tls.key", certificates.key(name).toString(),
                "security.tls.ca", certificates.authority().toString(),
                "security.tokens-file", tokens.toString());
    }

    /** Makes a token, lets it in, and returns the file that has it. */
    private Path token(Swarm swarm, Path tokens, String name, String grants) throws Exception {
        JsonNode made = swarm.run("grid", "token", name, "--tenant", "lab", "--grants", grants, "--json")
                .succeeds()
                .json();
        Files.writeString(
                tokens,
                made.path("tokens_file_line").asText() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        return Files.writeString(
                directory.resolve(name + ".token"), made.path("token").asText());
    }

    private static void assertNoSecrets(Path log, List<Path> tokens) {
        try {
            for (Path token : tokens) {
                assertThat(Files.readString(log)).doesNotContain(Files.readString(token));
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

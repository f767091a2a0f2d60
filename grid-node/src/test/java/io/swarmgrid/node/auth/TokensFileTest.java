package io.swarmgrid.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.Grant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensFileTest {
    private static final Caller ALICE = new Caller("alice", "vision", Set.of(Grant.READ, Grant.WRITE));

    @TempDir
    private Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private Path file = Path.of("tokens");

    @BeforeEach
    void writeTokens() throws IOException {
        file = directory.resolve("tokens");
        Files.writeString(
                file,
                "# who may come in\n\n" + line("alice", "vision", "read,write", "s3cret") + "\n"
                        + line("bob", "speech", "read", "hunter2"));
    }

    @Test
    void knowsEachTokenByItsHash() {
        TokensFile tokens = open();
        assertThat(tokens.find("s3cret")).contains(ALICE);
        assertThat(tokens.find("hunter2")).map(Caller::tenant).contains("speech");
        assertThat(tokens.find("s3cret ")).isEmpty();
        assertThat(tokens.find("")).isEmpty();
        assertThat(tokens.find("bob", "s3cret")).isEmpty();
    }

    @Test
    void takesUpAChangeWithinASecond() throws IOException {
        TokensFile tokens = open();
        Files.writeString(file, line("alice", "vision", "read,write,admin", "n3w-one"));
        assertThat(tokens.find("n3w-one")).isEmpty();
        nanos.addAndGet(TokensFile.CHECK_NANOS);
        assertThat(tokens.find("n3w-one")).isPresent();
        assertThat(tokens.find("s3cret")).isEmpty();
    }

    @Test
    void keepsTheTokensWhenTheFileIsBrokenOrGone() throws IOException {
        TokensFile tokens = open();
        Files.writeString(file, "nonsense\n");
        nanos.addAndGet(TokensFile.CHECK_NANOS);
        assertThat(tokens.find("s3cret")).isPresent();
        Files.delete(file);
        nanos.addAndGet(TokensFile.CHECK_NANOS);
        assertThat(tokens.find("s3cret")).isPresent();
    }

    @Test
    void namesEveryBadLine() throws IOException {
        String good = line("alice", "vision", "read", "a");
        Files.writeString(
                file,
                String.join(
                        "\n",
                        good,
                        "x y",
                        line("bob", "t", "read,fly", "b"),
                        good,
                        "carol t read sha256:00ff",
                        "dave t node sha256:" + "0".repeat(64),
                        "eve t read md5:00"));
        assertThatThrownBy(this::open)
                .hasMessageContaining("line 2: 2 words")
                .hasMessageContaining("line 3: unknown grant 'fly' (known: read, write, tasks, admin)")
                .hasMessageContaining("line 4: the name 'alice' comes twice")
                .hasMessageContaining("line 5: a hash of 2 bytes, expected 32")
                .hasMessageContaining("line 6: unknown grant 'node'")
                .hasMessageContaining("line 7: the hash does not begin with sha256:");
        assertThatThrownBy(() -> TokensFile.open(directory.resolve("none")))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("security.tokens-file: cannot read");
    }

    @Test
    void identifiesBearersHandshakesAndNodes() {
        Authenticator authenticator = new Authenticator(Optional.of(open()));
        assertThat(authenticator.identify("Bearer s3cret", null).caller()).isEqualTo(ALICE);
        Authenticator.Identity shaken = authenticator.identify(basic("alice", "s3cret"), null);
        assertThat(shaken).isEqualTo(new Authenticator.Identity(ALICE, "Bearer s3cret"));
        assertRefused(authenticator, basic("bob", "s3cret"), null, "unknown user or wrong password");
        assertRefused(authenticator, "Bearer wrong", null, "unknown token");
        assertRefused(authenticator, null, null, "no token");
        assertRefused(authenticator, "Digest x", null, "unknown authorization scheme");
        NodeCredentials credentials = new NodeCredentials(new byte[32]);
        assertRefused(authenticator, credentials.authorization("n1"), "n1", "not a node of this grid");
        authenticator.recognize(credentials);
        assertThat(authenticator.identify(credentials.authorization("n1"), "n1").caller())
                .isEqualTo(Caller.node("n1"));
        assertRefused(authenticator, credentials.authorization("n1"), "n2", "not a node of this grid");
        assertRefused(authenticator, "Node zz", "n1", "not a node of this grid");
    }

    @Test
    void takesEverybodyForLocalWithoutATokensFile() {
        Authenticator authenticator = new Authenticator(Optional.empty());
        assertThat(authenticator.identify(null, null).caller()).isEqualTo(Caller.LOCAL);
        assertThat(authenticator.identify("Bearer whatever", null).caller()).isEqualTo(Caller.LOCAL);
        assertThat(authenticator.identify(basic("any", "thing"), null).bearer()).isEqualTo("Bearer thing");
        assertRefused(authenticator, null, "n1", "no token");
    }

    private static void assertRefused(
            Authenticator authenticator, @Nullable String authorization, @Nullable String node, String why) {
        assertThatThrownBy(() -> authenticator.identify(authorization, node))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    private TokensFile open() {
        return TokensFile.open(file, nanos::get);
    }

    private static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static String line(String name, String tenant, String grants, String token) {
        return name + " " + tenant + " " + grants + " sha256:" + HexFormat.of().formatHex(Digests.sha256(token));
    }
}

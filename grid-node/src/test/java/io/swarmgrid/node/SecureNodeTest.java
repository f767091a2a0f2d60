package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesClient.OpenedBlock;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.CallerInfo;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.node.auth.Digests;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One node with TLS and a tokens file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecureNodeTest {
    private static final String PASSWORD = "changeit";

    private final BufferAllocator allocator = new RootAllocator();
    private GridNode node;
    private FlightClient client;
    private Path authority = Path.of("");

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        certificate(directory);
        authority = directory.resolve("node.crt");
        Path tokens = directory.resolve("tokens");
        Files.writeString(
                tokens,
                line("alice", "read,write", "s3cret") + "\n" + line("bob", "read", "hunter2") + "\n"
                        + line("carol", "write", "drop-box") + "\n");
        String cert = directory.resolve("node.crt").toString();
        node = GridNode.start(NodeFixture.config(
                directory.resolve("data"),
                Map.of(
                        "security.tls.cert",
                        cert,
                        "security.tls.ca",
                        cert,
                        "security.tls.key",
                        directory.resolve("node.key").toString(),
                        "security.tokens-file",
                        tokens.toString())));
        assertThat(node.location()).startsWith("grpc+tls://127.0.0.1:");
        try (InputStream trusted = Files.newInputStream(directory.resolve("node.crt"))) {
            client = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                    .trustedCertificates(trusted)
                    .build();
        }
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        node.close();
        allocator.close();
    }

    @Test
    void takesABearerToken() {
        CallOption bob = header("authorization", "Bearer hunter2");
        assertThat(NodeFixture.act(client, "grid.whoami", Map.of(), bob).toString())
                .startsWith("{\"name\":\"bob\",\"tenant\":\"lab\",\"grants\":[\"read\"],\"qos\":\"interactive\"");
    }

    @Test
    void takesTheBasicHandshake() throws Exception {
        CredentialCallOption alice =
                client.authenticateBasicToken("alice", "s3cret").orElseThrow();
        FlightDescriptor path = FlightDescriptor.path("from-alice");
        assertThat(NodeFixture.putRaw(client, allocator, path, new byte[10_000], 10_000, alice)
                        .path("committed")
                        .asBoolean())
                .isTrue();
        assertThat(NodeFixture.getRaw(client, path, alice)).hasSize(10_000);
        assertRefused(() -> client.authenticateBasicToken("alice", "wrong"), FlightStatusCode.UNAUTHENTICATED);
    }

    @Test
    void refusesWhoeverHasNoTokenOrNoGrant() {
        assertRefused(() -> NodeFixture.act(client, "grid.whoami", Map.of()), FlightStatusCode.UNAUTHENTICATED);
        assertRefused(
                () -> NodeFixture.act(client, "grid.whoami", Map.of(), header("authorization", "Bearer made-up")),
                FlightStatusCode.UNAUTHENTICATED);
        CallOption bob = header("authorization", "Bearer hunter2");
        assertThatThrownBy(() -> NodeFixture.act(client, "fs.mkdir", Map.of("path", "/bobs"), bob))
                .hasMessageStartingWith("PERMISSION_DENIED: permission denied: caller=bob lacks the grant 'write'");
        assertThatThrownBy(() ->
                        NodeFixture.act(client, "task.submit", Map.of("command", List.of("true"), "input", "/x"), bob))
                .hasMessageContaining("lacks the grant 'tasks'");
        assertRefused(
                () -> NodeFixture.putRaw(client, allocator, FlightDescriptor.path("x"), new byte[1], 1, bob),
                FlightStatusCode.UNAUTHORIZED);
    }

    @Test
    void asksTheSameOfActionsWithoutFlight() {
        try (GridClient bob = plain("hunter2");
                GridClient stranger = plain("made-up")) {
            assertThat(bob.action("grid.whoami", Map.of(), CallerInfo.class).name())
                    .isEqualTo("bob");
            assertThatThrownBy(() -> bob.action("fs.mkdir", Map.of("path", "/bobs"), FileStatus.class))
                    .isInstanceOf(GridException.class)
                    .hasMessageStartingWith("permission denied: caller=bob lacks the grant 'write'");
            assertThatThrownBy(() -> stranger.action("grid.whoami", Map.of(), CallerInfo.class))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
        }
    }

    @Test
    void lendsTheFilesOfBlocksToThoseAloneWhoMayRead() throws Exception {
        FileRead file = new FileRead("/lent", null, null);
        byte[] bytes = new byte[10_000];
        try (GridClient alice = plain("s3cret");
                GridClient bob = plain("hunter2");
                GridClient carol = plain("drop-box");
                GridClient stranger = plain("made-up");
                GridClient nobody = GridClient.connect(
                        List.of(node.location()), ClientOptions.DEFAULT.withTrustedCertificates(authority))) {
            new FileTransfer(alice)
                    .put(
                            new FilePut(file.path(), null, null, null, null),
                            bytes.length,
                            Channels.newChannel(new ByteArrayInputStream(bytes)),
                            sent -> {});
            List<OpenedBlock> lent = lent(bob, file);
            assertThat(lent).hasSize(1);
            Objects.requireNonNull(lent.get(0).open()).release();
            assertLendsNothing(carol, file, ErrorCode.PERMISSION_DENIED, "caller=carol lacks the grant 'read'");
            assertLendsNothing(stranger, file, ErrorCode.UNAUTHENTICATED, "unknown token");
            assertLendsNothing(nobody, file, ErrorCode.UNAUTHENTICATED, "no token");
        }
    }

    private List<OpenedBlock> lent(GridClient to, FileRead file) {
        return to.bytes().open(node.location(), to.newHeaders(), file, Duration.ofSeconds(20));
    }

    private void assertLendsNothing(GridClient to, FileRead file, ErrorCode code, String why) {
        assertThatThrownBy(() -> lent(to, file))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(why);
    }

    private GridClient plain(String token) {
        ClientOptions options = ClientOptions.DEFAULT.withToken(() -> token).withTrustedCertificates(authority);
        return GridClient.connect(List.of(node.location()), options);
    }

    private static void assertRefused(ThrowingCallable call, FlightStatusCode status) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FlightRuntimeException.class, e -> assertThat(
                        e.status().code())
                .isEqualTo(status));
    }

    private static CallOption header(String name, String value) {
        FlightCallHeaders headers = new FlightCallHeaders();
        headers.insert(name, value);
        return new HeaderCallOption(headers);
    }

    private static String line(String name, String grants, String token) {
        return name + " lab " + grants + " sha256:" + HexFormat.of().formatHex(Digests.sha256(token));
    }

    /** A certificate that is its own authority, made by the JDK's keytool, as PEM files. */
    private static void certificate(Path directory) throws Exception {
        Path store = directory.resolve("node.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-validity",
                        "2",
                        "-dname",
                        "CN=node",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-ext",
                        "bc:c")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem(
                directory.resolve("node.crt"),
                "CERTIFICATE",
                keys.getCertificate("node").getEncoded());
        pem(
                directory.resolve("node.key"),
                "PRIVATE KEY",
                keys.getKey("node", PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(Path file, String kind, byte[] der) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}

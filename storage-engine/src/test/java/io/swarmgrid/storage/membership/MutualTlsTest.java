package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.config.TlsConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutualTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path root;

    @Test
    void joinsNodesWithCertificatesOfOneAuthorityAndKeepsAStrangerOut() throws Exception {
        TlsConfig files = certificate("own", "RSA");
        Map<String, String> settings = Map.of(
                "security.tls.cert", files.cert().toString(),
                "security.tls.key", files.key().toString(),
                "security.tls.ca", files.ca().toString());
        try (TestGrid grid = new TestGrid(root, 2, settings)) {
            MetadataEngine first = grid.startAll().get(0).engine();
            assertThat(first.nodes().live()).hasSize(2);
            SwarmConfig config = grid.config(1, Map.of());
            assertThat(Seeds.reachable(config.listen().grid())).isTrue();

            TlsConfig foreign = certificate("foreign", "RSA");
            Map<String, String> stranger = Map.of(
                    "security.tls.cert", foreign.cert().toString(),
                    "security.tls.key", foreign.key().toString(),
                    "grid.seeds", grid.address(1),
                    "grid.join-timeout", "1s");
            // Either side may be the first to notice; which one that is changes what is said first.
            assertThatThrownBy(() -> grid.start(grid.config(3, stranger)))
                    .isInstanceOfSatisfying(GridException.class, e -> assertThat(e.hint())
                            .contains("security.tls.cert", "must be from an authority in"));
            assertThat(first.nodes().live()).hasSize(2);
        }
    }

    @Test
    void refusesPeersWithoutACertificateOfTheAuthority() throws Exception {
        SSLContext own = PemSslContext.load(certificate("own", "EC"));
        TlsConfig foreign = certificate("foreign", "EC");
        TlsConfig mixed = new TlsConfig(foreign.cert(), foreign.key(), root.resolve("own.crt"));
        assertThat(handshake(own, own)).isTrue();
        assertThat(handshake(own, PemSslContext.load(mixed))).isFalse();
    }

    @Test
    void saysWhichFileCannotBeUsed() throws Exception {
        TlsConfig files = certificate("own", "RSA");
        Path broken = Files.writeString(root.resolve("broken.key"), "-----BEGIN RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> PemSslContext.load(new TlsConfig(files.cert(), broken, files.ca())))
                .isInstanceOfSatisfying(GridException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                    assertThat(e.hint()).contains("openssl pkcs8");
                })
                .hasMessageContaining("broken.key holds no PKCS#8 private key");
        Path absent = root.resolve("absent.crt");
        assertThatThrownBy(() -> PemSslContext.load(new TlsConfig(absent, files.key(), files.ca())))
                .hasMessage("cannot read " + absent + ": no such file");
        Path empty = Files.writeString(root.resolve("empty.crt"), "\n");
        assertThatThrownBy(() -> PemSslContext.load(new TlsConfig(empty, files.key(), files.ca())))
                .hasMessage(empty + " holds a certificate that cannot be read: No certificate data found");
        Path torn = Files.writeString(root.resolve("torn.crt"), "-----BEGIN CERTIFICATE-----\nMIIB\n");
        assertThatThrownBy(() -> PemSslContext.load(new TlsConfig(files.cert(), files.key(), torn)))
                .isInstanceOf(GridException.class)
                .hasMessageStartingWith(torn + " holds a certificate that cannot be read: ");
        TlsConfig other = certificate("other", "EC");
        assertThatThrownBy(() -> PemSslContext.load(new TlsConfig(files.cert(), other.key(), files.ca())))
                .hasMessage(other.key() + " is not the key of " + files.cert());
    }

    /** Whether the server takes a byte from the client: with TLS 1.3 a refusal comes only after the client's handshake. */
    private static boolean handshake(SSLContext server, SSLContext client) throws Exception {
        try (SSLServerSocket listener =
                (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0)) {
            listener.setNeedClientAuth(true);
            Thread caller = new Thread(() -> {
                try (SSLSocket socket =
                        (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", listener.getLocalPort())) {
                    socket.getOutputStream().write(7);
                } catch (java.io.IOException e) {
                    // The server says what it thinks of it.
                }
            });
            caller.start();
            try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                return accepted.getInputStream().read() == 7;
            } catch (java.io.IOException e) {
                return false;
            } finally {
                caller.join();
            }
        }
    }

    /** Makes a certificate that is its own authority, with the JDK's own tool. */
    private TlsConfig certificate(String name, String algorithm) throws Exception {
        Path store = root.resolve(name + ".p12");
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .redirectOutput(root.resolve(name + ".log").toFile())
                .start();
        assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path cert = root.resolve(name + ".crt");
        Path key = root.resolve(name + ".key");
        write(cert, "CERTIFICATE", keys.getCertificate("node").getEncoded());
        write(key, "PRIVATE KEY", keys.getKey("node", PASSWORD.toCharArray()).getEncoded());
        return new TlsConfig(cert, key, cert);
    }

    private static void write(Path file, String kind, byte[] der) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(("-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
    }
}

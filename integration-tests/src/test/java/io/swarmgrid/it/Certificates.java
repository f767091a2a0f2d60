package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** An authority of the tests' own and certificates from it, made by the JDK's keytool, as PEM files. */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path directory;

    /** @param directory an empty one, for the key stores and the PEM files */
    Certificates(Path directory) throws Exception {
        this.directory = directory;
        keytool("-genkeypair", "-alias", "ca", "-keystore", "ca.p12", "-dname", "CN=ca", "-ext", "bc:c");
        write(authority(), "CERTIFICATE", store("ca.p12").getCertificate("ca").getEncoded());
    }

    Path authority() {
        return directory.resolve("ca.crt");
    }

    Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /** A certificate for a node on loopback, signed by the authority. */
    Certificates issue(String name) throws Exception {
        String store = name + ".p12";
        keytool("-genkeypair", "-alias", name, "-keystore", store, "-dname", "CN=" + name);
        keytool("-certreq", "-alias", name, "-keystore", store, "-file", name + ".csr");
        keytool(
                "-gencert",
                "-alias",
                "ca",
                "-keystore",
                "ca.p12",
                "-infile",
                name + ".csr",
                "-outfile",
                name + ".der",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-ext",
                "eku=serverAuth,clientAuth");
        write(certificate(name), "CERTIFICATE", Files.readAllBytes(directory.resolve(name + ".der")));
        byte[] key = store(store).getKey(name, PASSWORD.toCharArray()).getEncoded();
        write(key(name), "PRIVATE KEY", key);
        return this;
    }

    private KeyStore store(String file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(file))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private void keytool(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(words));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        if (words[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
        }
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    }

    private static void write(Path file, String kind, byte[] content) throws Exception {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }
}

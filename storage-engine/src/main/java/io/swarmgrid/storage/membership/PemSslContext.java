package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.TlsConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Mutual TLS between the nodes' engines from the PEM files of {@code security.tls}; nothing is written to disk. */
final class PemSslContext {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "Ed25519");
    private static final char[] IN_MEMORY = "in-memory".toCharArray();
    private static final byte[] PROBE = "swarm".getBytes(StandardCharsets.US_ASCII);

    private PemSslContext() {}

    /** @throws GridException PRECONDITION_FAILED that names the file which cannot be read or used */
    static SSLContext load(TlsConfig files) {
        try {
            PrivateKey key = privateKey(files.key());
            Certificate[] chain = certificates(files.cert()).toArray(Certificate[]::new);
            if (!belongTogether(key, chain[0].getPublicKey())) {
                throw refused(files.key(), "is not the key of " + files.cert(), "give the pair that was made together");
            }
            KeyStore own = emptyStore();
            own.setKeyEntry("node", key, IN_MEMORY, chain);
            KeyStore trusted = emptyStore();
            int index = 0;
            for (Certificate authority : certificates(files.ca())) {
                trusted.setCertificateEntry("ca-" + index++, authority);
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, IN_MEMORY);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED, "cannot use the certificates of security.tls: " + e.getMessage(), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, IN_MEMORY);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file) throws GeneralSecurityException {
        Collection<? extends Certificate> found;
        try {
            found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(read(file)));
        } catch (CertificateException e) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    file + " holds a certificate that cannot be read: " + e.getMessage(),
                    e);
        }
        if (found.isEmpty()) {
            throw refused(file, "holds no certificate", "expected PEM blocks BEGIN CERTIFICATE");
        }
        return found;
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw refused(
                    file,
                    "holds no PKCS#8 private key",
                    "convert it: openssl pkcs8 -topk8 -nocrypt -in OLD.key -out NEW.key");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // The PKCS#8 header names the algorithm, but only to the factory that knows it: the next one may.
            }
        }
        throw refused(file, "holds a private key of an unknown kind", "expected one of " + KEY_ALGORITHMS);
    }

    /** A signature tells it for every algorithm alike. Ignite would only say that a handshake failed. */
    private static boolean belongTogether(PrivateKey own, PublicKey published) throws GeneralSecurityException {
        if (!own.getAlgorithm().equals(published.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (own.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> own.getAlgorithm();
                });
        signature.initSign(own);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(published);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot read " + file + ": no such file", e);
        } catch (IOException e) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static GridException refused(Path file, String what, String hint) {
        return new GridException(ErrorCode.PRECONDITION_FAILED, file + " " + what, null, hint, null);
    }
}

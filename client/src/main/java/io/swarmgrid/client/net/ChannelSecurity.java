package io.swarmgrid.client.net;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who we are and whom we trust, on every call of a {@link Channels}. TLS is used where a location asks for it
 * ({@code grpc+tls://}).
 *
 * @param authorities PEM file of the authorities that servers' certificates must come from; empty: those of the Java
 *     runtime
 * @param certificate PEM file of our own certificate with its chain, for mutual TLS
 * @param key PEM file of its private key, PKCS#8; there is one exactly where there is a certificate
 * @param headers asked before each call, so that what it gives may change; must not block
 */
public record ChannelSecurity(
        Optional<Path> authorities,
        Optional<Path> certificate,
        Optional<Path> key,
        Supplier<Map<String, String>> headers) {
    /** No credentials. */
    public static final ChannelSecurity NONE =
            new ChannelSecurity(Optional.empty(), Optional.empty(), Optional.empty(), Map::of);

    private static final String AUTHORIZATION = "authorization";

    public ChannelSecurity {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "bad channel security: certificate=" + certificate + ", key=" + key + ": both or none");
        }
    }

    public ChannelSecurity trusting(Path pem) {
        return new ChannelSecurity(Optional.of(pem), certificate, key, headers);
    }

    public ChannelSecurity presenting(Path certificatePem, Path keyPem) {
        return new ChannelSecurity(authorities, Optional.of(certificatePem), Optional.of(keyPem), headers);
    }

    /** Each call carries {@code authorization: Bearer TOKEN}. */
    public ChannelSecurity bearing(Supplier<String> token) {
        return sending(() -> Map.of(AUTHORIZATION, "Bearer " + token.get()));
    }

    /** Each call carries these headers, names in lower case, instead of those before. */
    public ChannelSecurity sending(Supplier<Map<String, String>> others) {
        return new ChannelSecurity(authorities, certificate, key, others);
    }
}

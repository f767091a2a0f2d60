package io.swarmgrid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Who may call. {@link SecurityRules} says when which of it is needed.
 *
 * @param tls certificates; empty means plain text
 * @param tokensFile hashed tokens and their grants; empty means that nobody needs a token
 * @param insecure listen beyond loopback without them all the same
 * @param ticketLifetime how long a ticket for reading may be used
 */
public record SecurityConfig(
        Optional<TlsConfig> tls, Optional<Path> tokensFile, boolean insecure, Duration ticketLifetime) {
    public SecurityConfig {
        new Checks().between("ticket-lifetime", ticketLifetime, "1s", "7d").done();
    }

    static SecurityConfig defaults() {
        return new SecurityConfig(Optional.empty(), Optional.empty(), false, Duration.ofMinutes(10));
    }
}

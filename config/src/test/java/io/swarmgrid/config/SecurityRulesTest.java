package io.swarmgrid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecurityRulesTest {
    private static final Map<String, String> TLS =
            Map.of("security.tls.cert", "/c", "security.tls.key", "/k", "security.tls.ca", "/a");

    @Test
    void letsLoopbackBe() {
        SwarmConfig config = SwarmConfig.defaults();
        assertThatCode(() -> SecurityRules.check(config)).doesNotThrowAnyException();
        assertThat(config.tasksAllowed()).isTrue();
        assertThat(SecurityRules.isOpen(config)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flight", "grid", "transport", "http"})
    void refusesEveryListenerBeyondLoopbackWithoutTlsAndTokens(String listener) {
        SwarmConfig config = SwarmConfig.defaults().with(Map.of("listen." + listener, "0.0.0.0:7070"));
        assertThatThrownBy(() -> SecurityRules.check(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("listen." + listener + ": 0.0.0.0:7070 can be reached from other machines, but"
                        + " security.tls and security.tokens-file are not set")
                .hasMessageContaining("ways out: listen on 127.0.0.1;")
                .hasMessageContaining("--insecure");
        assertThat(config.tasksAllowed()).isFalse();
    }

    @Test
    void asksForWhatIsMissingOnly() {
        SwarmConfig config = open(TLS);
        assertThatThrownBy(() -> SecurityRules.check(config))
                .hasMessageContaining("but security.tokens-file is not set")
                .hasMessageContaining("listen.flight: 10.0.0.1:7070");
        assertThatThrownBy(() -> SecurityRules.check(open(Map.of("security.tokens-file", "/t"))))
                .hasMessageContaining("but security.tls is not set");
    }

    @Test
    void acceptsTlsWithTokens() {
        Map<String, String> secured = new HashMap<>(TLS);
        secured.put("security.tokens-file", "/t");
        SwarmConfig config = open(secured);
        assertThatCode(() -> SecurityRules.check(config)).doesNotThrowAnyException();
        assertThat(SecurityRules.isOpen(config)).isFalse();
        assertThat(config.tasksAllowed()).isFalse();
        assertThat(config.with(Map.of("tasks.enabled", "true")).tasksAllowed()).isTrue();
    }

    @Test
    void acceptsAnOpenNodeThatIsMeantToBeOne() {
        SwarmConfig config = open(Map.of("security.insecure", "true"));
        assertThatCode(() -> SecurityRules.check(config)).doesNotThrowAnyException();
        assertThat(SecurityRules.isOpen(config)).isTrue();
    }

    @Test
    void findsAHostToAdvertise() {
        assertThat(SwarmConfig.defaults().advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(open(Map.of()).advertisedHost()).isEqualTo("10.0.0.1");
        assertThat(open(Map.of("node.advertise", "n1.lab")).advertisedHost()).isEqualTo("n1.lab");
        assertThat(SwarmConfig.defaults()
                        .with(Map.of("listen.flight", "0.0.0.0:7070"))
                        .advertisedHost())
                .isNotEqualTo("0.0.0.0")
                .isNotEmpty();
    }

    private static SwarmConfig open(Map<String, String> more) {
        Map<String, String> overrides = new HashMap<>(more);
        overrides.put("listen.flight", "10.0.0.1:7070");
        return SwarmConfig.defaults().with(overrides);
    }
}

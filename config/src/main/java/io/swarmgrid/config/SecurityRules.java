package io.swarmgrid.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Safe by default: on loopback a node needs nothing, beyond it TLS and tokens. */
public final class SecurityRules {
    private SecurityRules() {}

    /**
     * Refuses, with a {@link ConfigException}, a node that others could reach without TLS and tokens, unless it is
     * configured to be insecure. The message names each such address and the ways out.
     */
    public static void check(SwarmConfig config) {
        List<String> missing = missing(config.security());
        Map<String, HostPort> open = open(config.listen());
        if (missing.isEmpty() || open.isEmpty() || config.security().insecure()) {
            return;
        }
        List<String> problems = new ArrayList<>();
        open.forEach((key, address) -> problems.add(key + ": " + address + " can be reached from other machines, but "
                + String.join(" and ", missing) + (missing.size() > 1 ? " are" : " is") + " not set"));
        problems.add("ways out: listen on 127.0.0.1; or set security.tls.cert, security.tls.key, security.tls.ca and"
                + " security.tokens-file; or accept that anyone may read, write and delete: --insecure"
                + " (security.insecure: true)");
        throw new ConfigException("refusing to start an open node:", problems);
    }

    /** Whether the node can be reached from other machines without TLS or without tokens; worth a repeated warning. */
    public static boolean isOpen(SwarmConfig config) {
        return !open(config.listen()).isEmpty() && !missing(config.security()).isEmpty();
    }

    private static List<String> missing(SecurityConfig security) {
        List<String> missing = new ArrayList<>();
        if (security.tls().isEmpty()) {
            missing.add("security.tls");
        }
        if (security.tokensFile().isEmpty()) {
            missing.add("security.tokens-file");
        }
        return missing;
    }

    private static Map<String, HostPort> open(ListenConfig listen) {
        Map<String, HostPort> open = new LinkedHashMap<>();
        open.put("listen.flight", listen.flight());
        open.put("listen.grid", listen.grid());
        open.put("listen.transport", listen.transport());
        open.put("listen.http", listen.http());
        open.values().removeIf(HostPort::isLoopback);
        return open;
    }
}

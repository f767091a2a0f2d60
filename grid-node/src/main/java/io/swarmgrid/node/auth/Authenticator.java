package io.swarmgrid.node.auth;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.Caller;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the headers of a call into its caller. Without a tokens file everybody is {@link Caller#LOCAL}, but for the nodes
 * of the grid, which prove who they are. Thread-safe.
 */
public final class Authenticator {
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    private static final int MAX_HEADER_CHARACTERS = 8192;

    private final Optional<TokensFile> tokens;
    private volatile @Nullable NodeCredentials nodes;

    public Authenticator(Optional<TokensFile> tokens) {
        this.tokens = tokens;
    }

    /** From now on nodes that know the grid's secret are recognized. */
    public void recognize(NodeCredentials credentials) {
        this.nodes = credentials;
    }

    /**
     * Who is calling.
     *
     * @param bearer what the handshake answers as {@code authorization}; null where the call was no basic handshake
     */
    record Identity(Caller caller, @Nullable String bearer) {}

    /** @throws GridException UNAUTHENTICATED */
    Identity identify(@Nullable String authorization, @Nullable String node) {
        if (authorization == null || authorization.isEmpty()) {
            if (node != null || tokens.isPresent()) {
                throw unauthenticated(
                        "no token", "send the header 'authorization: Bearer TOKEN' (SWARM_TOKEN for the command line)");
            }
            return new Identity(Caller.LOCAL, null);
        }
        if (authorization.length() > MAX_HEADER_CHARACTERS) {
            throw unauthenticated("the authorization header is too long", null);
        }
        String scheme = authorization.substring(0, authorization.indexOf(' ') + 1);
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case BEARER ->
                new Identity(bearer(authorization.substring(BEARER.length()).strip()), null);
            case BASIC -> basic(authorization.substring(BASIC.length()).strip());
            case "node " -> new Identity(node(authorization, node), null);
            default -> throw unauthenticated("unknown authorization scheme", "use 'Bearer TOKEN'");
        };
    }

    private Caller bearer(String token) {
        if (tokens.isEmpty()) {
            return Caller.LOCAL;
        }
        return tokens.get().find(token).orElseThrow(() -> unauthenticated("unknown token", null));
    }

    /** Flight's basic handshake: the user is the token's name, the password the token, which comes back as the bearer. */
    private Identity basic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw unauthenticated("the basic credentials are not Base64", null);
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw unauthenticated("the basic credentials are not user:password", null);
        }
        String user = pair.substring(0, colon);
        String password = pair.substring(colon + 1);
        if (tokens.isEmpty()) {
            return new Identity(Caller.LOCAL, "Bearer " + (password.isEmpty() ? "local" : password));
        }
        Caller caller = tokens.get()
                .find(user, password)
                .orElseThrow(() -> unauthenticated(
                        "unknown user or wrong password", "the user is the token's name, the password the token"));
        return new Identity(caller, "Bearer " + password);
    }

    private Caller node(String authorization, @Nullable String node) {
        NodeCredentials credentials = nodes;
        if (credentials == null || node == null || !credentials.proves(node, authorization)) {
            throw unauthenticated("not a node of this grid: x-swarm-node=" + node, null);
        }
        return Caller.node(node);
    }

    private static GridException unauthenticated(String why, @Nullable String hint) {
        return new GridException(ErrorCode.UNAUTHENTICATED, "unauthenticated: " + why, null, hint, null);
    }
}

package io.swarmgrid.node.auth;

import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * How nodes of one grid know each other: the header {@code x-swarm-node} names the caller, and {@code authorization: Node
 * HEX} proves it, HEX being an HMAC-SHA256 of the name with the grid's secret. Immutable.
 */
public final class NodeCredentials {
    /** The scheme of the authorization header. */
    static final String SCHEME = "Node ";

    private final byte[] secret;

    public NodeCredentials(byte[] gridSecret) {
        this.secret = gridSecret.clone();
    }

    /** The authorization header of a node. */
    public String authorization(String nodeName) {
        return SCHEME + HexFormat.of().formatHex(proof(nodeName));
    }

    boolean proves(String nodeName, String authorization) {
        byte[] presented;
        try {
            presented = HexFormat.of().parseHex(authorization.substring(SCHEME.length()));
        } catch (IllegalArgumentException e) {
            return false;
        }
        return MessageDigest.isEqual(presented, proof(nodeName));
    }

    private byte[] proof(String nodeName) {
        return Digests.hmac(secret, "node:" + nodeName);
    }
}

package io.swarmgrid.client.call;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.Set;

/**
 * Who is calling, as the credentials say (never as a header the caller can invent says).
 *
 * @param name the principal, for example {@code alice} or {@code node:n1}
 * @param tenant whom its traffic is accounted to
 * @param grants what it may do
 */
public record Caller(String name, String tenant, Set<Grant> grants) {
    /** The caller of a grid bound to loopback without tokens: everything but what nodes do among themselves. */
    public static final Caller LOCAL =
            new Caller("local", "default", Set.of(Grant.READ, Grant.WRITE, Grant.TASKS, Grant.ADMIN));

    /** A node of this grid. */
    public static Caller node(String nodeName) {
        return new Caller("node:" + nodeName, "grid", Set.of(Grant.values()));
    }

    public Caller {
        grants = Set.copyOf(grants);
    }

    /** @throws GridException PERMISSION_DENIED that names the grant */
    public void require(Grant grant) {
        if (!grants.contains(grant)) {
            throw new GridException(
                    ErrorCode.PERMISSION_DENIED,
                    "permission denied: caller=" + name + " lacks the grant '" + grant.key() + "'",
                    null,
                    "ask the operator to add it to the token's line in the tokens file",
                    null);
        }
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.apache.ignite.Ignite;

/** What a node has for steps that any node sends to it: one share of each kind. */
final class Shares {
    private static final String LOCAL_KEY = "swarm.share.";

    private Shares() {}

    /** Makes it known to steps that come to this node. It stays the caller's. */
    static void offer(Ignite ignite, Object share) {
        ignite.cluster().nodeLocalMap().put(key(share.getClass()), share);
    }

    /** @throws GridException UNAVAILABLE before it was offered */
    static <S> S of(Ignite ignite, Class<S> kind) {
        Object share = ignite.cluster().nodeLocalMap().get(key(kind));
        if (kind.isInstance(share)) {
            return kind.cast(share);
        }
        throw new GridException(
                ErrorCode.UNAVAILABLE,
                "node " + ignite.cluster().localNode().consistentId() + " is still starting",
                null,
                "ask again in a moment",
                null);
    }

    private static String key(Class<?> kind) {
        return LOCAL_KEY + kind.getName();
    }
}

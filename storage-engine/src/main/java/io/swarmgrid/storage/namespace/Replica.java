package io.swarmgrid.storage.namespace;

import io.swarmgrid.config.Medium;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a block on one node: a durable copy, a near one that is kept there, or both. They come and go independently, since
 * they are different files.
 *
 * @param node the name of the node (its consistent id)
 * @param durable whether it counts for the replication of the block; a near copy never does
 * @param near the medium that a near copy is kept on; null where none is
 */
public record Replica(
        String node, long epoch, boolean durable, @Nullable Medium near) {
    public Replica {
        if (!durable && near == null) {
            throw new IllegalArgumentException("no copy of any kind: node=" + node + ", epoch=" + epoch);
        }
    }

    /** A durable copy. */
    public Replica(String node, long epoch) {
        this(node, epoch, true, null);
    }

    /** A near copy. */
    public static Replica near(String node, long epoch, Medium medium) {
        return new Replica(node, epoch, false, medium);
    }
}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * A node that has a copy of a block.
 *
 * @param location its Flight address, {@code grpc://host:port} or {@code grpc+tls://host:port}
 * @param live whether the node is in the grid now
 * @param near what the near copy that is kept there lies on, {@code mem}, {@code ssd} or {@code hdd}; null where none is
 * @param cached true where it has nothing but that, which does not count as one of the block's copies; null otherwise
 */
public record Holder(
        String node,
        String zone,
        String location,
        long epoch,
        boolean live,
        @Nullable String near,
        @Nullable Boolean cached) {
    /** Of a copy that counts. */
    public Holder(String node, String zone, String location, long epoch, boolean live) {
        this(node, zone, location, epoch, live, null, null);
    }

    /** Whether it counts as one of the block's copies now. */
    public boolean counts() {
        return live && cached == null;
    }
}

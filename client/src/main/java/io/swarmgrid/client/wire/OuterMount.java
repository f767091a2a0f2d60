package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * Where an outer store is mounted.
 *
 * @param uri its address
 * @param owner who attached it
 * @param writes whether what is put there goes to the store
 * @param problem why the node that was asked cannot read it; null where it can
 * @param statistics of all nodes together
 */
public record OuterMount(
        String path,
        long id,
        String uri,
        String owner,
        long attachedMs,
        boolean writes,
        @Nullable String problem,
        MountStatistics statistics) {}

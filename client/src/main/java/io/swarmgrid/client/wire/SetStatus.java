package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.set_status}: what of an entry's status changes; null leaves it.
 *
 * @param permission the twelve bits of Unix
 */
public record SetStatus(
        String path,
        @Nullable String owner,
        @Nullable String group,
        @Nullable Integer permission,
        @Nullable Long modifiedMs) {}

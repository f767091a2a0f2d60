package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The {@code file.put} command.
 *
 * @param overwrite null for false
 * @param durability {@code memory}, {@code process} or {@code power}; null for the path's
 */
public record FilePut(
        String path,
        @Nullable Boolean overwrite,
        @Nullable String putId,
        @Nullable Integer replicas,
        @Nullable String durability) {}

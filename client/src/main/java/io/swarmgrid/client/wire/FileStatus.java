package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the namespace.
 *
 * @param id its identity, kept through renames
 * @param sizeBytes length of a file; 0 for directories
 * @param version grows with every change of its content
 * @param modifiedMs milliseconds since the epoch
 * @param replicas how many durable copies each block should have
 * @param state {@code sealed}, or {@code open} while being written; null for directories
 */
public record FileStatus(
        String path,
        EntryKind kind,
        long id,
        long sizeBytes,
        long version,
        long createdMs,
        long modifiedMs,
        String owner,
        int replicas,
        @Nullable String state) {}

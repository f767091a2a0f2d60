package io.swarmgrid.client.wire;

import java.util.Map;
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
 * @param attributes small named texts beside it; null where there are none
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
        @Nullable String state,
        @Nullable Map<String, String> attributes) {
    public FileStatus {
        attributes = attributes == null || attributes.isEmpty() ? null : Map.copyOf(attributes);
    }

    /** The attribute, or null. */
    public @Nullable String attribute(String name) {
        return attributes == null ? null : attributes.get(name);
    }
}

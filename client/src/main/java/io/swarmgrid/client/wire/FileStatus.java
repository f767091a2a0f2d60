package io.swarmgrid.client.wire;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the namespace. Hadoop hands its statuses from process to process by Java's serialization, and with them what they were made of.
 *
 * @param id its identity, kept through renames
 * @param sizeBytes length of a file; 0 for directories
 * @param version grows with every change of its content
 * @param modifiedMs milliseconds since the epoch
 * @param replicas how many durable copies each block should have
 * @param state {@code sealed}, or {@code open} while being written; null for directories
 * @param attributes small named texts beside it; null where there are none
 * @param group null where none was ever set
 * @param permission the twelve bits of Unix, kept and shown; null where none were ever set
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
        @Nullable Map<String, String> attributes,
        @Nullable String group,
        @Nullable Integer permission)
        implements Serializable {
    public FileStatus {
        attributes = attributes == null || attributes.isEmpty() ? null : Map.copyOf(attributes);
    }

    /** An entry whose group and permission were never set. */
    public FileStatus(
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
        this(path, kind, id, sizeBytes, version, createdMs, modifiedMs, owner, replicas, state, attributes, null, null);
    }

    public FileStatus with(@Nullable String otherGroup, @Nullable Integer otherPermission) {
        return new FileStatus(
                path,
                kind,
                id,
                sizeBytes,
                version,
                createdMs,
                modifiedMs,
                owner,
                replicas,
                state,
                attributes,
                otherGroup,
                otherPermission);
    }

    /** The same entry with another content. */
    public FileStatus written(long newSizeBytes, long newVersion, long atMs) {
        return new FileStatus(
                path,
                kind,
                id,
                newSizeBytes,
                newVersion,
                createdMs,
                atMs,
                owner,
                replicas,
                state,
                attributes,
                group,
                permission);
    }

    /** The attribute, or null. */
    public @Nullable String attribute(String name) {
        return attributes == null ? null : attributes.get(name);
    }
}

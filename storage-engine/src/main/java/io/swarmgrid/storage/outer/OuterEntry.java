package io.swarmgrid.storage.outer;

import org.jspecify.annotations.Nullable;

/**
 * An entry of an outer store as it was when it was looked at.
 *
 * @param name its last name; empty for the root
 * @param sizeBytes length of a file; 0 for a directory
 * @param modifiedNanos nanoseconds since the epoch, as exactly as the store knows them
 * @param tag what else tells one version from another: an etag, or the identity of a file; null where the store has nothing
 */
public record OuterEntry(
        String name,
        boolean directory,
        long sizeBytes,
        long modifiedNanos,
        @Nullable String tag) {
    public OuterEntry {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("bad length of an outer entry: size_bytes=" + sizeBytes);
        }
    }

    /** What is different where the content may be. */
    public String version() {
        return modifiedNanos + "." + sizeBytes + (tag == null ? "" : "." + tag);
    }

    /** Whether it is the same version, whatever it is called. */
    public boolean isVersionOf(OuterEntry other) {
        return directory == other.directory && version().equals(other.version());
    }
}

package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.truncate}.
 *
 * @param id of the file that is meant: CONFLICT where another one is at the path; null for whichever is there
 */
public record Truncate(
        String path, long sizeBytes, @Nullable Long id) {
    /** Whichever file is at the path. */
    public Truncate(String path, long sizeBytes) {
        this(path, sizeBytes, null);
    }
}

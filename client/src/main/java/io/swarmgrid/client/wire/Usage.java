package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * What lies below a path.
 *
 * @param sizeBytes the files lengths added up
 * @param storedBytes what they take with their replicas
 * @param quota the nearest one that it counts for; null where there is none
 */
public record Usage(
        String path,
        long files,
        long directories,
        long sizeBytes,
        long storedBytes,
        @Nullable QuotaStatus quota) {
    public Usage(String path, long files, long directories, long sizeBytes, long storedBytes) {
        this(path, files, directories, sizeBytes, storedBytes, null);
    }

    /** The same with what it counts for. */
    public Usage counting(@Nullable QuotaStatus nearest) {
        return new Usage(path, files, directories, sizeBytes, storedBytes, nearest);
    }
}

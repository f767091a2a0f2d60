package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The {@code file.read} command; null for from the beginning, and to the end.
 *
 * @param id reads the file with this identity, wherever it is by now, also one that was removed or replaced and is not
 *     reclaimed yet; null for the file that is at the path
 */
public record FileRead(
        String path,
        @Nullable Long offset,
        @Nullable Long lengthBytes,
        @Nullable Long id) {
    public FileRead(String path, @Nullable Long offset, @Nullable Long lengthBytes) {
        this(path, offset, lengthBytes, null);
    }
}

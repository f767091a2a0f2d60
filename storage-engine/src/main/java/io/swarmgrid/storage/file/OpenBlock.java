package io.swarmgrid.storage.file;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The block that takes the next bytes of a writer.
 *
 * @param offset of its first byte in the file
 * @param endOffset where it ends at the latest
 * @param file where it lies on this node, for a caller on the same machine to write into; null where it does not
 */
public record OpenBlock(
        long offset, long endOffset, @Nullable Path file) {}

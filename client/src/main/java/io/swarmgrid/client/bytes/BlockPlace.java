package io.swarmgrid.client.bytes;

import org.jspecify.annotations.Nullable;

/**
 * Where the block lies that takes the next bytes of a put, for a writer on the same machine: it may write bytes into that
 * file instead of sending them, and then says so with {@link Frame.Written}.
 *
 * @param offset of the block in the file that is being put
 * @param endOffset where the block ends at the latest
 * @param file null where the block is not on the node that answers, which then wants the bytes sent
 * @param fileKey device and inode of the file, so that a file of the same name elsewhere is not taken for it
 * @param machine the running system on which that is so
 */
public record BlockPlace(
        long offset,
        long endOffset,
        @Nullable String file,
        @Nullable String fileKey,
        @Nullable String machine) {}

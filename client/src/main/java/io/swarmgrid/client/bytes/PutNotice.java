package io.swarmgrid.client.bytes;

import io.swarmgrid.client.wire.PutResult;
import org.jspecify.annotations.Nullable;

/**
 * What a node says during a PutFile: one of these, the result last.
 *
 * @param opened how long the file is that is visible from now on, and open for this writer
 * @param fileId its identity
 */
public record PutNotice(
        @Nullable BlockPlace block,
        @Nullable PutResult result,
        @Nullable Long opened,
        @Nullable Long fileId) {
    /** Where a block lies. */
    public static PutNotice of(BlockPlace block) {
        return new PutNotice(block, null, null, null);
    }

    /** The end. */
    public static PutNotice of(PutResult result, long fileId) {
        return new PutNotice(null, result, null, fileId);
    }

    /** The beginning of a visible file. */
    public static PutNotice opened(long sizeBytes, long fileId) {
        return new PutNotice(null, null, sizeBytes, fileId);
    }
}

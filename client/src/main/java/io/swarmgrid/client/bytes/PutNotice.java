package io.swarmgrid.client.bytes;

import io.swarmgrid.client.wire.PutResult;
import org.jspecify.annotations.Nullable;

/**
 * What a node says during a PutFile: one of these, the result last.
 *
 * @param opened how long the file is that is visible from now on, and open for this writer
 * @param fileId its identity
 * @param inMemory whether it is kept in memory alone, so that nothing of it can be synced; null for not
 */
public record PutNotice(
        @Nullable BlockPlace block,
        @Nullable PutResult result,
        @Nullable Long opened,
        @Nullable Long fileId,
        @Nullable Boolean inMemory) {
    /** Where a block lies. */
    public static PutNotice of(BlockPlace block) {
        return new PutNotice(block, null, null, null, null);
    }

    /** The end. */
    public static PutNotice of(PutResult result, long fileId) {
        return new PutNotice(null, result, null, fileId, null);
    }

    /** The beginning of a visible file. */
    public static PutNotice opened(long sizeBytes, long fileId, boolean inMemory) {
        return new PutNotice(null, null, sizeBytes, fileId, inMemory ? true : null);
    }
}

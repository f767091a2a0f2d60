package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.wire.FileStatus;
import org.jspecify.annotations.Nullable;

/**
 * A visible file as its writer finds it that has come back: one of the two.
 *
 * @param open taken over, also from himself, to be gone on with once its blocks have ended
 * @param ended closed, as he wanted it before
 */
public record Resumed(@Nullable Writerless open, @Nullable FileStatus ended) {}

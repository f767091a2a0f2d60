package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A part of one file as it comes, piece by piece. Confined to one thread at a time; the caller closes it. */
interface Pieces extends AutoCloseable {
    /**
     * The next bytes, checked; null once all of them came.
     *
     * @return the caller releases it
     */
    @Nullable
    ByteBuf next();

    /** Idempotent. */
    @Override
    void close();
}

package io.swarmgrid.storage.outer;

import io.netty.buffer.ByteBuf;

/** One version of a file of an outer store. Confined to one thread at a time. */
public interface OuterBytes extends AutoCloseable {
    /**
     * Appends exactly so many bytes to the target, which has room for them. They are of the version that was opened, as far as the store can
     * tell after they were read.
     *
     * @throws io.swarmgrid.client.GridException PRECONDITION_FAILED where the file was changed meanwhile, NOT_FOUND where it is gone,
     *     UNAVAILABLE where the store does not answer
     */
    void read(ByteBuf target, long from, int length);

    @Override
    void close();
}

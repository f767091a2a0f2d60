package io.swarmgrid.storage.outer;

import io.netty.buffer.ByteBuf;

/** A file that is being written to an outer store: nobody sees it before it is committed. Confined to one thread at a time. */
public interface OuterWriter extends AutoCloseable {
    /** Appends what is readable, and leaves the indices as they are. */
    void write(ByteBuf bytes);

    /**
     * Makes it visible, whole.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS where another has come there that may not be replaced; UNAVAILABLE where the
     *     store does not answer: then it may be there
     */
    void commit();

    /** Gives up, unless committed. Idempotent. */
    @Override
    void close();
}

package io.swarmgrid.storage.replica;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.storage.replica.BlockMessages.BlockInfo;

/** The bytes of a sealed block of another node, in order. Confined to one thread at a time; the caller closes it. */
interface BlockSource extends AutoCloseable {
    /** What the holder says of the whole block. */
    BlockInfo info();

    /** Where the next byte lies in the block. */
    long position();

    /** Where the range ends. */
    long end();

    /**
     * Appends the next {@code length} bytes to the target.
     *
     * @throws io.swarmgrid.client.GridException what the holder said (NOT_FOUND, CORRUPT_DATA: its copy is bad), UNAVAILABLE
     *     or TIMEOUT when it cannot be reached
     */
    void read(ByteBuf target, int length);

    @Override
    void close();
}

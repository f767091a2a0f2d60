package io.swarmgrid.storage.cache;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.storage.block.BlockReader;
import java.util.function.Supplier;

/** Where the bytes of a near copy come from, in order. Confined to one thread; whoever was given it closes it. */
public interface Origin extends AutoCloseable {
    /** A copy on this node. */
    static Origin of(Supplier<BlockReader> open) {
        return new LocalOrigin(open);
    }

    /**
     * Appends the bytes from an offset on to the target.
     *
     * @throws io.swarmgrid.client.GridException where nobody has them
     */
    void read(ByteBuf target, long from, int length);

    @Override
    void close();
}

package io.swarmgrid.storage.cache;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockReader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A copy on this node, in a slower tier. It is opened when it is read: many are asked for, and few are wanted. */
final class LocalOrigin implements Origin {
    private final Supplier<? extends @Nullable BlockReader> open;
    private @Nullable BlockReader reader;

    LocalOrigin(Supplier<? extends @Nullable BlockReader> open) {
        this.open = open;
    }

    @Override
    public void read(ByteBuf target, long from, int length) {
        BlockReader source = reader;
        if (source == null) {
            source = open.get();
            reader = source;
        }
        if (source == null) {
            throw new GridException(ErrorCode.NOT_FOUND, "the copy has gone meanwhile");
        }
        ByteBuf bytes = source.read(from, length);
        try {
            target.writeBytes(bytes);
        } finally {
            bytes.release();
        }
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}

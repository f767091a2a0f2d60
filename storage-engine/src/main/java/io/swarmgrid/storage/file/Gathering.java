package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.storage.block.ChunkBuffers;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Small pieces on their way to become a chunk. Confined to the writer's thread. */
final class Gathering {
    private final ChunkBuffers buffers;
    private final int chunkBytes;
    private final Consumer<ByteBuf> next;
    private @Nullable ByteBuf chunk;

    /** @param next takes each chunk, and not its ownership */
    Gathering(ChunkBuffers buffers, int chunkBytes, Consumer<ByteBuf> next) {
        this.buffers = buffers;
        this.chunkBytes = chunkBytes;
        this.next = next;
    }

    boolean isEmpty() {
        return chunk == null;
    }

    /** Copies the remaining bytes. */
    void add(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            ByteBuf open = chunk;
            if (open == null) {
                open = buffers.take(chunkBytes);
                chunk = open;
            }
            int count = Math.min(bytes.remaining(), open.writableBytes());
            open.writeBytes(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            if (!open.isWritable()) {
                flush();
            }
        }
    }

    /** Passes on what there is. */
    void flush() {
        ByteBuf full = chunk;
        if (full != null) {
            chunk = null;
            try {
                next.accept(full);
            } finally {
                full.release();
            }
        }
    }

    void drop() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }
}

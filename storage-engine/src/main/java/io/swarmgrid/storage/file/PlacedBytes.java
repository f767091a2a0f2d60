package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.storage.replica.DataPath;
import java.util.function.IntConsumer;

/** Bytes that the caller has put into this node's file of a block himself, and announced. Confined to the writer's thread. */
final class PlacedBytes {
    private final DataPath path;
    private final GridPath target;

    PlacedBytes(DataPath path, GridPath target) {
        this.path = path;
        this.target = target;
    }

    /**
     * Has a run take them, piece by piece as they would have come to us.
     *
     * @param offset where in the file they begin
     * @param crc32c of all of them, as the caller says
     * @param taken hears of the length of each piece
     * @throws GridException CORRUPT_INPUT before the last piece where they are others than was said
     */
    void take(BlockRun run, long offset, int lengthBytes, int crc32c, IntConsumer taken) {
        int crc = 0;
        for (int left = lengthBytes; left > 0; ) {
            int count = Math.min(left, path.chunkBytes());
            ByteBuf chunk = path.buffers().take(count);
            int pieceCrc;
            try {
                run.peek(chunk.internalNioBuffer(0, count));
                chunk.setIndex(0, count);
                pieceCrc = Crc32c.of(chunk);
                crc = Crc32c.combine(crc, pieceCrc, count);
                if (left == count && crc != crc32c) {
                    throw new GridException(
                            ErrorCode.CORRUPT_INPUT,
                            "other bytes than announced were written in place: path=" + target + ", offset=" + offset);
                }
            } catch (RuntimeException | Error e) {
                chunk.release();
                throw e;
            }
            run.adopt(chunk, pieceCrc);
            taken.accept(count);
            left -= count;
        }
    }
}

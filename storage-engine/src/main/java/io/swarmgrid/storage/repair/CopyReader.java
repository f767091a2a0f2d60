package io.swarmgrid.storage.repair;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.call.TransferScheduler.Permit;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.StoredBlock;
import java.util.function.LongConsumer;

/** Reads sealed copies of this node whole, as they lie on the disk, however well they are known. Thread-safe. */
final class CopyReader {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Repair.Seams seams;
    private final Turn turn;
    private final LongConsumer read;

    /** Waits until so much may be read. */
    @FunctionalInterface
    interface Turn {
        void await(long sizeBytes) throws InterruptedException;
    }

    /** @param read is told of bytes that were read and are good */
    CopyReader(Repair.Seams seams, Turn turn, LongConsumer read) {
        this.seams = seams;
        this.turn = turn;
        this.read = read;
    }

    /** @throws io.swarmgrid.client.GridException CORRUPT_DATA, NOT_FOUND; others where it cannot be told */
    void read(String purpose, StoredBlock block) throws InterruptedException {
        CallContext context = CallContext.background(seams.nodes().local().name(), purpose + "-" + block.id());
        try (BlockReader reader = seams.blocks().inspect(block.id(), block.epoch())) {
            for (long at = 0; at < block.lengthBytes(); at += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, block.lengthBytes() - at);
                turn.await(length);
                Permit permit = seams.scheduler().acquire(context, Direction.OUT, length);
                try {
                    ByteBuf chunk = reader.read(at, length);
                    chunk.release();
                } finally {
                    permit.close();
                }
                read.accept(length);
            }
        }
    }
}

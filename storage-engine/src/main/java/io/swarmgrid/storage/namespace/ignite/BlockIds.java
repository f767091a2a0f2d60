package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import javax.annotation.concurrent.GuardedBy;

/** Gives out block ids, each once in the life of the grid: takes a range of them at a time from a row of the metadata. */
final class BlockIds {
    private static final long RANGE = 1 << 16;

    private final Runner runner;

    @GuardedBy("this")
    private long next;

    @GuardedBy("this")
    private long end;

    BlockIds(Runner runner) {
        this.runner = runner;
    }

    BlockId next() {
        while (true) {
            synchronized (this) {
                if (next < end) {
                    return new BlockId(next++);
                }
            }
            // Without the lock: this waits for others. Two threads may take a range each; one of them is then lost.
            long from = runner.changeHere(BlockIds::take);
            synchronized (this) {
                next = from;
                end = from + RANGE;
            }
        }
    }

    private static long take(Tables tables) {
        byte[] row = tables.raw(Ids.BLOCKS);
        long from = row == null ? 1 : new RecordReader(row).fixed();
        tables.raw(Ids.BLOCKS, new RecordWriter(16).fixed(from + RANGE).done());
        return from;
    }
}

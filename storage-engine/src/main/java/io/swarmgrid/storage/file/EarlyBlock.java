package io.swarmgrid.storage.file;

import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.replica.LocalReplica;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A block that was allocated while the one before it is still being written.
 *
 * @param writer of this node's copy, where the caller is to write into it ahead; owned by whoever has the record
 */
record EarlyBlock(BlockRecord block, @Nullable BlockWriter writer) {
    static EarlyBlock allocate(WriteJob job, long offset, boolean inPlace) {
        BlockRecord block = job.allocate(offset);
        boolean here = WriteJob.holders(block).contains(job.path().here());
        if (!inPlace || !here) {
            return new EarlyBlock(block, null);
        }
        BlockWriter writer = LocalReplica.open(job.path(), job.order(block), null);
        if (writer.reserve(job.path().config().blockSize().bytes())) {
            return new EarlyBlock(block, writer);
        }
        // What the caller wrote there would take what others, the metadata among them, need of the disk.
        writer.close();
        return new EarlyBlock(block, null);
    }

    /** Where the caller may write into this node's copy; null where he may not. */
    @Nullable
    Path file() {
        return writer == null ? null : writer.file();
    }

    void close() {
        if (writer != null) {
            writer.close();
        }
    }
}

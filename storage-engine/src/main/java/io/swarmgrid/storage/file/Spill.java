package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.replica.DataPath;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes that were kept in the metadata, written as blocks of a put that is nobody's file: whoever names the blocks in another
 * file has them. Confined to one thread.
 */
final class Spill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spill.class);

    private final FileMetadata metadata;
    private final DataPath path;
    private final WriteJob job;
    private final List<BlockRecord> blocks = new ArrayList<>();
    private long end;
    private boolean joined;

    /** @param target the file that the blocks are for */
    Spill(FileMetadata metadata, DataPath path, CallContext context, FileLayout target) {
        this.metadata = metadata;
        this.path = path;
        this.job = new WriteJob(path, metadata, context, metadata.beginPart(target));
    }

    OpenFile file() {
        return job.file();
    }

    /** All that was written, as it is to lie in the target. */
    List<BlockRecord> blocks() {
        return blocks;
    }

    /** Writes a stretch, in blocks of its own. */
    void write(Concatenating.Stretch stretch) {
        byte[] bytes = stretch.bytes().toByteArray();
        long shift = stretch.offset() - end;
        for (int at = 0; at < bytes.length; ) {
            BlockRun run = new BlockRun(job, end, null);
            try {
                int count = (int) Math.min(bytes.length - at, run.room());
                fill(run, bytes, at, count);
                for (BlockId id : run.seal()) {
                    BlockRecord block = metadata.block(file().fileId(), id);
                    blocks.add(block.at(block.offset() + shift));
                }
                at += count;
                end += count;
            } finally {
                run.dispose();
            }
        }
    }

    private void fill(BlockRun run, byte[] bytes, int from, int length) {
        for (int at = from; at < from + length; ) {
            int count = Math.min(from + length - at, path.chunkBytes());
            ByteBuf chunk = path.buffers().take(count).writeBytes(bytes, at, count);
            run.write(chunk, Crc32c.of(chunk));
            at += count;
        }
    }

    /** The blocks are another file's now. */
    void joined() {
        joined = true;
        job.discardAllBut(blocks.stream().map(BlockRecord::id).collect(Collectors.toSet()));
    }

    /**
     * Gives up what was not joined. That is for the metadata to say, which may have done it and could not answer: the copies go
     * when it has taken the blocks back.
     */
    @Override
    public void close() {
        if (joined) {
            return;
        }
        try {
            metadata.abandon(file());
        } catch (GridException e) {
            LOG.warn("cannot give a put up, its lease will end: path={} error={}", file().path(), e.getMessage());
        }
    }
}

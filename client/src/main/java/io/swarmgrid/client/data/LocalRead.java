package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.client.bytes.LocalBlock;
import io.swarmgrid.client.grid.GridClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of one block, read from its file on this machine. Where that turns out bad the rest comes from the nodes: first of all from
 * the one that lent it, for no other one looks at that copy and has it repaired.
 */
final class LocalRead implements Pieces {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRead.class);
    /** What is read and then summed up at once: little enough to be in the processor's cache still. */
    private static final int MAX_PIECE_BYTES = 4 * LentBlock.SPAN_BYTES;

    private final GridClient client;
    private final Opened file;
    private final LocalBlocks blocks;
    private final long end;
    private @Nullable LocalBlock block;
    private long at;
    private int pieceBytes;
    private @Nullable RangeRead sent;

    /**
     * @param block one reference of it is taken over
     * @param from in the file, to {@code end}; all of it must lie in the block
     * @param wanted how much is sure to be used; more is read ahead once that was
     */
    LocalRead(GridClient client, Opened file, LocalBlocks blocks, LocalBlock block, long from, long end, int wanted) {
        this.client = client;
        this.file = file;
        this.blocks = blocks;
        this.block = block;
        this.at = from;
        this.end = end;
        this.pieceBytes = wanted;
    }

    @Override
    public @Nullable ByteBuf next() {
        if (sent != null) {
            return sent.next();
        }
        LocalBlock open = block;
        if (open == null || at == end) {
            close();
            return null;
        }
        try {
            int length = length(open);
            ByteBuf bytes = open.read(at, length);
            at += length;
            pieceBytes = MAX_PIECE_BYTES;
            return bytes;
        } catch (IOException e) {
            LOG.warn("cannot read a block in place, asks its node: path={} reason={}", file.path(), e.getMessage());
            blocks.giveUp(open);
            close();
            RangeRead rest = new RangeRead(client, file.read(at, end - at), open.lender());
            sent = rest;
            return rest.next();
        }
    }

    /** Up to the end of a span, so that none is read twice. */
    private int length(LocalBlock open) {
        long least = Math.min(Math.max(1, pieceBytes), MAX_PIECE_BYTES);
        long spans = (at - open.offset() + least + LentBlock.SPAN_BYTES - 1) / LentBlock.SPAN_BYTES;
        return (int) Math.min(end - at, spans * LentBlock.SPAN_BYTES - (at - open.offset()));
    }

    @Override
    public void close() {
        if (block != null) {
            block.release();
            block = null;
        }
        if (sent != null) {
            sent.close();
        }
    }
}

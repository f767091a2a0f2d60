package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Lets readers see an open file up to a length that all holders of its last block keep. */
final class ShowStep extends VisibleStep {
    private static final long serialVersionUID = 1L;

    private final long[] blocks;
    private final long lengthBytes;

    /** @param blocks those that hold the bytes, in order; all but the last one sealed */
    ShowStep(OpenFile file, List<BlockId> blocks, long lengthBytes) {
        super(file);
        this.blocks = blocks.stream().mapToLong(BlockId::value).toArray();
        this.lengthBytes = lengthBytes;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = open(tables);
        List<BlockId> shown = Sequence.ids(blocks);
        if (!shown.isEmpty()) {
            showLast(tables, inode.content(), shown.get(shown.size() - 1));
        }
        Set<BlockId> all = new LinkedHashSet<>(shown);
        all.addAll(inode.content().blocks());
        if (inode.content().inlined() && !shown.isEmpty()) {
            tables.dropInline(fileId());
        }
        tables.inode(fileId(), inode.holding(inode.content().showing(new ArrayList<>(all), shown.size(), lengthBytes)));
        return new byte[0];
    }

    private void showLast(Tables tables, Inode.Content content, BlockId id) {
        BlockRecord stored = tables.block(content.key(fileId(), id));
        if (stored == null) {
            throw Problems.notFound("block " + id + " of " + path());
        }
        BlockRecord last = content.placed(stored);
        long there = lengthBytes - last.offset();
        boolean open = last.state() == BlockState.OPEN;
        if (there < 0 || (open ? there < last.lengthBytes() : there > last.lengthBytes())) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot show " + lengthBytes + " bytes: block " + id + " is " + last.state() + " with "
                            + last.lengthBytes() + " from " + last.offset() + ": " + path());
        }
        if (open) {
            tables.block(last.grown(there));
        }
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.ArrayList;
import java.util.List;

/** Writes down a new block of an open file. */
final class AllocateStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    private final byte[] block;
    private final long sizeBytes;

    /** @param sizeBytes how much the block can take */
    AllocateStep(OpenFile file, BlockRecord block, long sizeBytes) {
        super(file, null);
        this.block = BlockCodec.encode(block);
        this.sizeBytes = sizeBytes;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = leased(tables);
        BlockRecord added = BlockCodec.decode(block);
        List<BlockId> blocks = inode.content().blocks();
        if (!blocks.contains(added.id())) {
            tables.requireRoom();
            List<BlockId> longer = new ArrayList<>(blocks);
            longer.add(added.id());
            Charge reserving = inode.charge().reserving(added.offset() + sizeBytes);
            tables.inode(fileId(), inode.holding(inode.content().with(longer)).charged(reserving));
            // It may have been set since the writer came: what is asked of a file is asked of all its blocks.
            BlockRecord asked = added.asked(inode.storing().replicas(), Keeping.of(inode.attributes()));
            tables.block(asked);
            return BlockCodec.encode(asked);
        }
        return block;
    }
}

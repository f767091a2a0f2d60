package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.List;

/*
 * What readers see of a file ends at the last flush, and that may lie within a block that is full by now. Whoever takes the file over looks
 * for what follows where the file ends: so it ends with the block from then on. The block is touched before the inode, so that nobody sees
 * a file that is longer than its blocks.
 */
/** Writes down that a block is complete; readers see all of it, where they saw the beginning. */
final class SealStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    private final long blockId;
    private final long epoch;
    private final long lengthBytes;
    private final int crc32c;
    private final String[] holders;

    SealStep(OpenFile file, SealedBlock block, List<String> holders) {
        super(file, null);
        this.blockId = block.id().value();
        this.epoch = block.epoch();
        this.lengthBytes = block.lengthBytes();
        this.crc32c = block.crc32c();
        this.holders = holders.toArray(new String[0]);
    }

    @Override
    byte[] change(Tables tables) {
        BlockId id = new BlockId(blockId);
        tables.block(new BlockKey(fileId(), blockId));
        Inode inode = leased(tables);
        BlockRecord block = block(tables, id);
        if (block.epoch() != epoch) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot seal block " + id + ": epoch " + epoch + ", is at " + block.epoch() + ": " + path());
        }
        if (block.state() == BlockState.SEALED) {
            if (block.lengthBytes() != lengthBytes || block.crc32c() != crc32c) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "cannot seal block " + id + " with " + lengthBytes + " bytes, it is sealed with "
                                + block.lengthBytes() + ": " + path());
            }
            return BlockCodec.encode(block);
        }
        BlockRecord sealed = Holders.sealed(block, new SealedBlock(id, epoch, lengthBytes, crc32c), List.of(holders));
        tables.block(sealed);
        showAll(tables, inode, sealed);
        return BlockCodec.encode(sealed);
    }

    private void showAll(Tables tables, Inode inode, BlockRecord sealed) {
        Inode.Content content = inode.content();
        List<BlockId> seen = content.readable();
        long end = sealed.offset() + sealed.lengthBytes();
        boolean isLast = !seen.isEmpty() && seen.get(seen.size() - 1).equals(sealed.id());
        if (isLast && end > content.lengthBytes()) {
            tables.inode(fileId(), inode.holding(content.showing(content.blocks(), content.shown(), end)));
        }
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks of a file, in order. */
final class Sequence {
    private Sequence() {}

    static List<BlockId> ids(long[] values) {
        List<BlockId> ids = new ArrayList<>(values.length);
        for (long value : values) {
            ids.add(new BlockId(value));
        }
        return ids;
    }

    /** Some blocks of a file as they lie in it, in that order, with null for what is not there. */
    static List<@Nullable BlockRecord> read(Tables tables, long fileId, Inode.Content content, List<BlockId> ids) {
        List<@Nullable BlockRecord> blocks = new ArrayList<>(ids.size());
        for (byte[] bytes : tables.blocks(content.keys(fileId, ids))) {
            blocks.add(bytes == null ? null : content.placed(BlockCodec.decode(bytes)));
        }
        return blocks;
    }

    /** PRECONDITION_FAILED unless all are sealed, none is missing, and the file ends within the last one. */
    static void requireLength(List<@Nullable BlockRecord> blocks, long lengthBytes, String path) {
        long start = -1;
        long end = 0;
        for (BlockRecord block : blocks) {
            if (block == null
                    || block.state() != BlockState.SEALED
                    || block.offset() <= start
                    || block.offset() > end
                    || block.offset() >= lengthBytes) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "cannot close with " + lengthBytes + " bytes: after " + end + " comes block "
                                + (block == null
                                        ? "unknown"
                                        : block.id() + ", " + block.state() + " at " + block.offset())
                                + ": " + path);
            }
            start = block.offset();
            end = start + block.lengthBytes();
        }
        if (!blocks.isEmpty() && lengthBytes > end) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot close with " + lengthBytes + " bytes, the blocks have " + end + ": " + path);
        }
    }

    /** The length together of blocks of the file's own; PRECONDITION_FAILED unless all are sealed and none is missing. */
    static long lengthOf(Tables tables, long fileId, List<BlockId> ids, String path) {
        long end = 0;
        int index = 0;
        for (byte[] bytes : tables.blocks(Inode.Content.NONE.keys(fileId, ids))) {
            BlockRecord block = bytes == null ? null : BlockCodec.decode(bytes);
            if (block == null || block.state() != BlockState.SEALED || block.offset() != end) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "cannot commit: block " + ids.get(index) + " is "
                                + (block == null ? "unknown" : block.state() + " at " + block.offset())
                                + ", expected SEALED at " + end + ": " + path);
            }
            end += block.lengthBytes();
            index++;
        }
        return end;
    }
}

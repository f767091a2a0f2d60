package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the journal of names has of an inode: enough to make it anew.
 *
 * @param inline the bytes of a small file; null where the inode is none
 * @param blocks of a file, in order, as they are stored but without holders
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NameValue(Inode inode, byte @Nullable [] inline, List<BlockRecord> blocks) {
    /** As the tables have it; null where they do not have all of it just now: a transaction is being applied. */
    static @Nullable NameValue read(Tables tables, long id, Inode inode) {
        Inode.Content content = inode.content();
        if (content.lease() != null && !content.isVisible()) {
            return new NameValue(
                    inode, null, List.of()); // only that it is open: what is in it counts once it is closed
        }
        if (content.lease() != null && !content.inlined()) {
            return shown(tables, id, inode);
        }
        byte[] inline = content.inlined() ? tables.inline(id) : null;
        if (content.inlined() && inline == null) {
            return null;
        }
        List<BlockRecord> blocks = new ArrayList<>(content.blocks().size());
        for (byte[] row : tables.blocks(content.keys(id, content.blocks()))) {
            if (row == null) {
                return null;
            }
            blocks.add(BlockCodec.decode(row).heldBy(List.of()));
        }
        Inode kept = content.lease() == null ? inode : inode.holding(Inode.Content.inline(content.lengthBytes()));
        return new NameValue(kept, inline, blocks);
    }

    /** An open file as if it were closed, with those of its blocks that readers see and that change no more. */
    private static @Nullable NameValue shown(Tables tables, long id, Inode inode) {
        Inode.Content content = inode.content();
        List<BlockRecord> blocks = new ArrayList<>();
        long end = 0;
        for (byte[] row : tables.blocks(content.keys(id, content.readable()))) {
            if (row == null) {
                return null;
            }
            BlockRecord block = BlockCodec.decode(row);
            if (block.state() != BlockState.SEALED) {
                break;
            }
            blocks.add(block.heldBy(List.of()));
            end = Math.min(content.lengthBytes(), content.placed(block).offset() + block.lengthBytes());
        }
        List<BlockId> ids = blocks.stream().map(BlockRecord::id).toList();
        return new NameValue(inode.holding(content.closed(end, ids)), null, blocks);
    }

    long stamp() {
        return inode.revision().changes();
    }

    byte[] encode() {
        byte[] record = inode.encode();
        RecordWriter out =
                new RecordWriter(record.length + (inline == null ? 0 : inline.length) + 48 * blocks.size() + 16);
        out.octets(record).optionalOctets(inline).count(blocks.size());
        blocks.forEach(block -> out.octets(BlockCodec.encode(block)));
        return out.done();
    }

    static NameValue decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        Inode inode = Inode.decode(in.octets());
        byte[] inline = in.optionalOctets();
        int count = in.size();
        List<BlockRecord> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(BlockCodec.decode(in.octets()));
        }
        return new NameValue(inode, inline, blocks);
    }
}

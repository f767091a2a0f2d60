package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Closes a file that was visible while it was written. Runs where the file is, whatever it is called by now. */
final class CloseStep extends VisibleStep {
    private static final long serialVersionUID = 1L;

    private final long[] blocks;
    private final byte @Nullable [] inline;
    private final long nowMs;
    private final long lengthBytes;
    private final boolean ended;
    private transient boolean grows;

    /** @param at the time, and why it is closed */
    private CloseStep(OpenFile file, List<BlockId> blocks, long lengthBytes, byte @Nullable [] inline, At at) {
        super(file);
        this.blocks = blocks.stream().mapToLong(BlockId::value).toArray();
        this.lengthBytes = lengthBytes;
        this.inline = inline;
        this.nowMs = at.nowMs;
        this.ended = at.closing == Closing.ENDED;
    }

    /** When a file is closed, and why. */
    record At(long nowMs, Closing closing) {}

    /** With these blocks, all sealed, in order; without any, with what is kept in the metadata. */
    static CloseStep with(OpenFile file, List<BlockId> blocks, long lengthBytes, At at) {
        return new CloseStep(file, blocks, lengthBytes, null, at);
    }

    /** With bytes that are kept in the metadata. */
    static CloseStep withInline(OpenFile file, byte[] bytes, At at) {
        return new CloseStep(file, List.of(), bytes.length, bytes.clone(), at);
    }

    @Override
    byte[] run(Tables tables) {
        // Sealed blocks change no more but for their holders: read them before, and keep the transaction small.
        Inode inode = tables.inode(fileId());
        Inode.Content content = inode == null ? Inode.Content.NONE : inode.content();
        grows = inline != null && inline.length >= content.lengthBytes();
        Sequence.requireLength(Sequence.read(tables, fileId(), content, Sequence.ids(blocks)), lengthBytes, path());
        return super.run(tables);
    }

    @Override
    byte[] change(Tables tables) {
        List<BlockId> ids = Sequence.ids(blocks);
        if (grows) {
            tables.inline(fileId()); // touched before the inode: see Torn
        }
        Inode there = tables.inode(fileId());
        if (there != null && there.content().lease() == null && isClosedAsAsked(there.content(), ids)) {
            return Outcome.of(there.status(LayoutStep.pathOf(tables, there), fileId())); // by a first run of this step
        }
        Inode inode = open(tables);
        Set<BlockId> unused = new HashSet<>(inode.content().blocks());
        ids.forEach(unused::remove);
        unused.forEach(id -> tables.dropBlock(inode.content().key(fileId(), id)));
        Inode.Content content = inode.content().closed(lengthBytes, ids);
        if (inline != null) {
            tables.inline(fileId(), inline);
            content = Inode.Content.inline(inline.length);
        } else if (inode.content().inlined() && ids.isEmpty()) {
            content = Inode.Content.inline(inode.content().lengthBytes());
        } else if (inode.content().inlined()) {
            tables.dropInline(fileId());
        }
        content = content.by(inode.content().writer().closing(ended));
        Inode closed = inode.holding(content).revised(inode.revision().version() + 1, nowMs);
        tables.dropDoomed(fileId());
        tables.inode(fileId(), closed);
        return Outcome.of(closed.status(LayoutStep.pathOf(tables, closed), fileId()));
    }

    private boolean isClosedAsAsked(Inode.Content content, List<BlockId> ids) {
        return content.blocks().equals(ids) && content.lengthBytes() == lengthBytes;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a written file visible. Runs where its directory is, which is where the file is, mostly. */
final class CommitStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    private final Linking.Target target;
    private final long[] blocks;
    private final long nowMs;
    private transient long lengthBytes;

    CommitStep(OpenFile file, Linking.Target target, List<BlockId> blocks, long nowMs) {
        super(
                file,
                file.options().operation() == null
                        ? null
                        : file.options().operation().value());
        this.target = target;
        this.blocks = blocks.stream().mapToLong(BlockId::value).toArray();
        this.nowMs = nowMs;
    }

    @Override
    byte[] run(Tables tables) {
        // Sealed blocks change no more but for their holders: read them before, and keep the transaction small.
        Inode inode = tables.inode(fileId());
        lengthBytes = inode != null && isLeased(inode) ? Sequence.lengthOf(tables, fileId(), ids(), path()) : -1;
        return super.run(tables);
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(fileId()); // before the name, so that who sees the name sees the blocks
        Inode linked = Linking.linkedBefore(tables, target, fileId());
        if (linked != null) {
            return Outcome.of(linked.status(target.path(), fileId()));
        }
        if (inode == null || !isLeased(inode)) {
            throw Problems.leaseLost(path());
        }
        List<BlockId> ids = ids();
        if (lengthBytes < 0) {
            throw new StaleException("not looked at before");
        }
        Inode complete = inode.holding(Inode.Content.sealed(lengthBytes, ids));
        Inode sealed = Linking.prepare(tables, target, fileId(), complete, nowMs);
        Set<BlockId> unused = new HashSet<>(inode.content().blocks());
        ids.forEach(unused::remove);
        for (BlockId id : unused) {
            tables.dropBlock(new BlockKey(fileId(), id));
        }
        tables.dropDoomed(fileId());
        tables.inode(fileId(), sealed);
        Directories.link(tables, fileId(), sealed);
        return Outcome.of(sealed.status(target.path(), fileId()));
    }

    private List<BlockId> ids() {
        return Sequence.ids(blocks);
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.OpenFile;
import org.jspecify.annotations.Nullable;

/** What a writer asks about a file that it holds the lease of. */
abstract class LeasedStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long fileId;
    private final long leaseEpoch;
    private final String path;

    LeasedStep(OpenFile file, @Nullable String operation) {
        super(operation);
        this.fileId = file.fileId();
        this.leaseEpoch = file.leaseEpoch();
        this.path = file.path().toString();
    }

    final long fileId() {
        return fileId;
    }

    final String path() {
        return path;
    }

    /** The file, if the writer has it still. */
    final Inode leased(Tables tables) {
        Inode inode = tables.inode(fileId);
        if (inode == null || !isLeased(inode)) {
            throw Problems.leaseLost(path);
        }
        return inode;
    }

    final boolean isLeased(Inode inode) {
        Lease lease = inode.content().lease();
        return lease != null && isLease(lease);
    }

    final boolean isLease(Lease lease) {
        return lease.epoch() == leaseEpoch;
    }

    /** One of the blocks that were written for the file. */
    final BlockRecord block(Tables tables, BlockId id) {
        BlockRecord block = tables.block(new BlockKey(fileId, id));
        if (block == null) {
            throw Problems.notFound("block " + id + " of " + path);
        }
        return block;
    }
}

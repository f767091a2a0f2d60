package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OpenFile;
import java.util.Objects;

/** Gives up a file that is being written; one that was committed stays, and one that is visible is left to its keeper. */
final class AbandonStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    AbandonStep(OpenFile file) {
        super(file, null);
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(fileId());
        if (inode != null && isLeased(inode)) {
            Inode.Content content = inode.content();
            if (content.isVisible()) {
                release(tables);
            } else if (content.blocks().isEmpty()) {
                tables.dropInode(fileId());
                tables.dropDoomed(fileId());
            } else {
                Lease fenced = Objects.requireNonNull(content.lease(), "leased without a lease")
                        .next();
                tables.inode(fileId(), inode.holding(Inode.Content.hidden(fenced, content.blocks())));
                tables.doomed(fileId(), Doomed.NOW);
            }
        }
        return new byte[0];
    }

    /** Its keeper finds it without a writer, and closes it. */
    private void release(Tables tables) {
        Doomed doomed = tables.doomed(fileId());
        if (doomed != null && doomed.lease() != null) {
            tables.doomed(fileId(), doomed.released());
        }
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OpenFile;

/** Says that the writer of a file is still there. Says nothing where it has lost the file: its next change is refused. */
final class RenewStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    RenewStep(OpenFile file) {
        super(file, null);
    }

    /** Who writes a file keeps it, also while he cannot go on. */
    @Override
    boolean changesFiles() {
        return false;
    }

    @Override
    byte[] change(Tables tables) {
        Doomed doomed = tables.doomed(fileId());
        if (doomed != null && doomed.lease() != null && isLease(doomed.lease())) {
            tables.doomed(fileId(), doomed.renewed());
        }
        return new byte[0];
    }
}

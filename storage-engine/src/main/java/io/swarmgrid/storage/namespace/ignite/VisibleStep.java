package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.OpenFile;

/** What a writer asks about a file that others see, and that they may remove or replace. */
abstract class VisibleStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    VisibleStep(OpenFile file) {
        super(file, null);
    }

    /** The file, if the writer has it still and nobody removed it. */
    final Inode open(Tables tables) {
        Inode inode = leased(tables);
        Doomed doomed = tables.doomed(fileId());
        if (doomed == null || doomed.lease() == null) {
            throw Problems.removedWhileWritten(path());
        }
        return inode;
    }
}

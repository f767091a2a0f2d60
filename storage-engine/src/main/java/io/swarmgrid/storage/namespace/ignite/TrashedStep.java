package io.swarmgrid.storage.namespace.ignite;

/** Adds up what counts for a quota and lies in the trash of one partition: of directories that were removed only themselves. Bounded. */
final class TrashedStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int MAX_ROWS = 1000;

    private final long quota;
    private final int partition;

    TrashedStep(long quota, int partition) {
        this.quota = quota;
        this.partition = partition;
    }

    @Override
    byte[] run(Tables tables) {
        Amount trash = Amount.ZERO;
        for (long id : TrashStep.rows(tables, partition, -1, MAX_ROWS).keySet()) {
            Inode inode = tables.inode(id);
            if (inode != null && inode.charge().quotas().contains(quota)) {
                trash = trash.plus(inode.charge().counted());
            }
        }
        return trash.encode(new RecordWriter(24)).done();
    }
}

package io.swarmgrid.storage.namespace.ignite;

/**
 * What a copy of a partition of the metadata comes to, as {@link PartitionCopies} reads it: two that have seen the same changes are
 * to be alike.
 *
 * @param updates how many changes it has seen; negative where it went on changing while it was read
 * @param rows but for what expires by itself
 * @param sum over these, whatever their order
 */
record PartitionDigest(int partition, long updates, long rows, long sum) {
    static PartitionDigest changing(int partition) {
        return new PartitionDigest(partition, -1, 0, 0);
    }

    boolean isSettled() {
        return updates >= 0;
    }
}

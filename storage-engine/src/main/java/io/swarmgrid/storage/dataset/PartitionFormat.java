package io.swarmgrid.storage.dataset;

/** What a partition file is. */
public enum PartitionFormat {
    /** An Arrow IPC file, whose batches are sent as they are stored. */
    ARROW,
    /** A Parquet file, stored as somebody else made it, whose row groups are decoded as they are read. */
    PARQUET
}

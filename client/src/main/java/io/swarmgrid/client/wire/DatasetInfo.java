package io.swarmgrid.client.wire;

import java.util.List;

/** A dataset: its columns and partition files, in order. */
public record DatasetInfo(
        String path, long rows, long sizeBytes, long version, List<Column> columns, List<PartitionFile> files) {
    public DatasetInfo {
        columns = List.copyOf(columns);
        files = List.copyOf(files);
    }

    /** One top-level column; {@code type} as Arrow writes it, such as {@code Int(64, true)}. */
    public record Column(String name, String type, boolean nullable) {}

    /** One partition file, an Arrow IPC file; {@code id} is that of its inode. */
    public record PartitionFile(String name, long rows, long sizeBytes, long id) {}
}

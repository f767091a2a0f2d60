package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of rows of one partition file: what a ticket pins and what {@link DatasetStore#open} reads.
 *
 * @param fileId identity of the partition file, kept when it is renamed, replaced or removed
 * @param version of the file's content
 * @param name of the file, for messages
 * @param firstRow within the partition
 * @param rowCount how many rows from there
 * @param sizeBytes about how many bytes they take in the file, all columns
 * @param columns names in the order wanted; null for all
 * @param format of the file
 */
public record PartitionRead(
        long fileId,
        long version,
        String name,
        long firstRow,
        long rowCount,
        long sizeBytes,
        @Nullable List<String> columns,
        PartitionFormat format) {
    public PartitionRead {
        if (firstRow < 0 || rowCount < 0 || sizeBytes < 0) {
            throw GridException.invalid("bad partition read: first_row=" + firstRow + ", row_count=" + rowCount
                    + ", size_bytes=" + sizeBytes);
        }
        columns = columns == null ? null : List.copyOf(columns);
        format = Objects.requireNonNullElse(
                format, PartitionFormat.ARROW); // what was written down before there was another
    }
}

package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code dataset.read} command.
 *
 * @param columns names in the order wanted; null for all
 * @param rows {@code [from, to)} over the whole dataset; null for all
 */
public record DatasetRead(
        String path,
        @Nullable List<String> columns,
        @Nullable List<Long> rows) {
    public DatasetRead {
        columns = columns == null ? null : List.copyOf(columns);
        rows = rows == null ? null : List.copyOf(rows);
    }
}

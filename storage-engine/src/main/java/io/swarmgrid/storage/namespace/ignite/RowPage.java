package io.swarmgrid.storage.namespace.ignite;

import java.util.List;

/**
 * Some rows of a cache in a copy, in the order of its tree, which is the same on all nodes.
 *
 * @param more whether others lie behind them, before the bound that was asked for
 */
record RowPage(List<Row> rows, boolean more) {
    /** @param digest over its value */
    record Row(RowKey key, long digest) {}

    RowKey last() {
        return rows.get(rows.size() - 1).key();
    }
}

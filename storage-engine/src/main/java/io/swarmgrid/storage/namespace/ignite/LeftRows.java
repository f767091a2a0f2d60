package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.MetadataCheckResult.DifferingRow;
import io.swarmgrid.client.wire.MetadataCheckResult.RowCopy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows that copies do not have alike and that were left so: how many, and the first few. Confined to one thread. */
final class LeftRows {
    private static final int SHOWN = 20;

    private final List<DifferingRow> first = new ArrayList<>();
    private long count;

    /**
     * @param key as callers of the cache have it
     * @param had digests of its value, by the nodes that have it
     * @param nodes all that have a copy of the partition
     */
    void add(int partition, String cache, Object key, Map<String, Long> had, Collection<String> nodes) {
        count++;
        if (first.size() < SHOWN) {
            List<RowCopy> copies = nodes.stream()
                    .sorted()
                    .map(node -> new RowCopy(node, hex(had.get(node))))
                    .toList();
            first.add(new DifferingRow(partition, cache, text(key), copies));
        }
    }

    long count() {
        return count;
    }

    List<DifferingRow> first() {
        return List.copyOf(first);
    }

    private static String text(Object key) {
        return key instanceof Long id ? Long.toHexString(id) : key.toString();
    }

    private static @Nullable String hex(@Nullable Long digest) {
        return digest == null ? null : Long.toHexString(digest);
    }
}

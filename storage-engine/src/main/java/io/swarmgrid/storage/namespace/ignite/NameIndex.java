package io.swarmgrid.storage.namespace.ignite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.cache.Cache;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.binary.BinaryObject;
import org.apache.ignite.cache.query.IndexQuery;
import org.apache.ignite.cache.query.IndexQueryCriteriaBuilder;
import org.apache.ignite.cache.query.QueryCursor;
import org.jspecify.annotations.Nullable;

/** Reads the names of a directory in order from the index on this node. Sees what is committed, in no transaction. */
final class NameIndex {
    /** A name and what it leads to. */
    record Named(String name, Dentry dentry) {}

    private static final byte[] BEFORE_ALL_NAMES = {};

    private final IgniteCache<BinaryObject, byte[]> dentries;

    NameIndex(IgniteCache<DentryKey, byte[]> dentries) {
        this.dentries = dentries.withKeepBinary();
    }

    List<Named> page(long directoryId, int partition, @Nullable String startAfter, int limit) {
        byte[] from = startAfter == null ? BEFORE_ALL_NAMES : startAfter.getBytes(StandardCharsets.UTF_8);
        IndexQuery<BinaryObject, byte[]> query = new IndexQuery<>(byte[].class.getName(), NamespaceCaches.NAME_INDEX);
        query.setCriteria(
                IndexQueryCriteriaBuilder.eq(DentryKey.PARENT_FIELD, directoryId),
                IndexQueryCriteriaBuilder.gt(DentryKey.NAME_FIELD, from));
        query.setPartition(partition);
        query.setLimit(limit);
        query.setLocal(true);
        List<Named> page = new ArrayList<>(Math.min(limit, 1024));
        try (QueryCursor<Cache.Entry<BinaryObject, byte[]>> cursor = dentries.query(query)) {
            for (Cache.Entry<BinaryObject, byte[]> row : cursor) {
                byte[] name = row.getKey().field(DentryKey.NAME_FIELD);
                page.add(new Named(new String(name, StandardCharsets.UTF_8), Dentry.decode(row.getValue())));
                if (page.size() == limit) {
                    break; // a local query does not keep to the limit itself
                }
            }
        }
        return page;
    }
}

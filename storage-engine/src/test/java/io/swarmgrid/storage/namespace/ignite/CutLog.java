package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Files;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.cache.Cache;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.events.CacheEvent;
import org.apache.ignite.events.EventType;
import org.apache.ignite.lang.IgnitePredicate;

/** The rows that changes write, one by one, so that a test can leave off wherever it likes, as a log does that was cut off. */
final class CutLog {
    private static final List<String> CACHES = List.of(
            NamespaceCaches.DENTRIES,
            NamespaceCaches.INODES,
            NamespaceCaches.INLINE,
            NamespaceCaches.BLOCKS,
            NamespaceCaches.QUOTAS,
            NamespaceCaches.TRASH,
            NamespaceCaches.EXPIRIES,
            NamespaceCaches.OPERATIONS);

    private final Ignite ignite;
    private final IgniteNamespace namespace;

    CutLog(Ignite ignite, IgniteNamespace namespace) {
        this.ignite = ignite;
        this.namespace = namespace;
    }

    /** One row that a commit writes. */
    record Write(String what, int partition, Runnable again) {
        @Override
        public String toString() {
            return what;
        }
    }

    /** What is left where each partition has a primary of its own, and so a log. */
    static List<Write> someOfEachLog(List<Write> writes, Random random) {
        Map<Integer, Integer> left = new HashMap<>();
        writes.forEach(write -> left.merge(write.partition(), 1, Integer::sum));
        left.replaceAll((partition, count) -> random.nextInt(count + 1));
        return writes.stream()
                .filter(write -> left.merge(write.partition(), -1, Integer::sum) >= 0)
                .toList();
    }

    IgniteCache<Object, byte[]> cache(String name) {
        return ignite.cache(name);
    }

    /** Every path with what it leads to. */
    Map<String, String> entries() {
        Map<String, String> found = new TreeMap<>();
        entries(GridPath.ROOT, found);
        entries(Files.STAGING, found);
        found.remove("/.swarm/staging/second"); // which may stay empty; its session ends
        return found;
    }

    private void entries(GridPath top, Map<String, String> found) {
        for (FileStatus entry : namespace.files().list(top, null, 100).entries()) {
            GridPath path = GridPath.parse(entry.path());
            if (entry.kind() == EntryKind.FILE) {
                FileLayout layout = namespace.fileMetadata().layout(path);
                byte[] content = layout.inline();
                String held = content == null
                        ? layout.blocks().stream().map(BlockRecord::id).toList().toString()
                        : new String(content, StandardCharsets.UTF_8);
                found.put(entry.path(), entry.id() + ": " + entry.sizeBytes() + " " + held);
            } else {
                found.put(entry.path(), entry.id() + " " + entry.kind() + entry.version() + entry.attributes());
                entries(path, found);
            }
        }
    }

    /** What a change writes, in the order in which it does. */
    List<Write> written(Runnable change) {
        List<Write> writes = Collections.synchronizedList(new ArrayList<>());
        int[] types = {EventType.EVT_CACHE_OBJECT_PUT, EventType.EVT_CACHE_OBJECT_REMOVED};
        IgnitePredicate<CacheEvent> listener = event -> {
            boolean put = event.type() == EventType.EVT_CACHE_OBJECT_PUT;
            IgniteCache<Object, byte[]> cache = cache(event.cacheName());
            byte[] value = (byte[]) event.newValue();
            String what = event.cacheName() + " " + event.key() + (put ? "" : " removed");
            int partition = ignite.affinity(event.cacheName()).partition(event.key());
            writes.add(new Write(what, partition, () -> {
                if (put) {
                    cache.put(event.key(), value);
                } else {
                    cache.remove(event.key());
                }
            }));
            return true;
        };
        ignite.events().enableLocal(types);
        ignite.events().localListen(listener, types);
        try {
            change.run();
        } finally {
            ignite.events().stopLocalListen(listener, types);
        }
        return writes;
    }

    Map<String, Set<Object>> keys() {
        Map<String, Set<Object>> keys = new HashMap<>();
        rows().forEach((name, all) -> keys.put(name, Set.copyOf(all.keySet())));
        return keys;
    }

    /** All that the metadata holds, by cache. */
    Map<String, Map<Object, byte[]>> rows() {
        Map<String, Map<Object, byte[]>> rows = new HashMap<>();
        for (String name : CACHES) {
            Map<Object, byte[]> all = new HashMap<>();
            for (Cache.Entry<Object, byte[]> row : cache(name)) {
                all.put(row.getKey(), row.getValue());
            }
            rows.put(name, all);
        }
        return rows;
    }

    /** Has them as they were. */
    void restore(Map<String, Map<Object, byte[]>> rows) {
        rows.forEach((name, all) -> {
            for (Cache.Entry<Object, byte[]> row : cache(name)) {
                if (!all.containsKey(row.getKey())) {
                    cache(name).remove(row.getKey());
                }
            }
            all.forEach(cache(name)::put);
        });
    }
}

package io.swarmgrid.storage.namespace.ignite;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.HashMap;
import java.util.Map;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;

/*
 * The names of a directory lie in one partition, and so do the inodes of the files that were made in it; those of its directories, and of
 * files that were moved into it, lie in others. Of each the changes are counted before the first row of it is read, and a page is
 * true for as long as all of these numbers are what they were. Nobody has to be told of a change, and a change elsewhere in
 * the partition only makes a page be read anew.
 */
/**
 * Pages of directories that were read on this node, to be given again for as long as nothing has changed where they were read. At most
 * {@link #MAX_BYTES} of them; those that are asked for least go first. Thread-safe.
 */
final class ListedPages {
    static final long MAX_BYTES = 16 << 20;

    private static final int OVERHEAD_BYTES = 256;
    private static final int PARTITION_BYTES = 64;

    private final PartitionChanges changes;
    private final Cache<Key, Page> pages = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .<Key, Page>weigher((key, page) -> OVERHEAD_BYTES + page.bytes.length + PARTITION_BYTES * page.seen.size())
            .build();

    /** Which page of which directory. */
    record Key(long directoryId, @Nullable String startAfter, int limit) {}

    private static final class Page {
        final byte[] bytes;
        final long topology;
        /** How many changes each partition had seen that it was read from. */
        final Map<Integer, Long> seen;

        Page(byte[] bytes, long topology, Map<Integer, Long> seen) {
            this.bytes = bytes;
            this.topology = topology;
            this.seen = Map.copyOf(seen);
        }
    }

    ListedPages(Ignite ignite) {
        this.changes = new PartitionChanges(ignite);
    }

    /** The page as it was read, not to be changed; null where it has to be read. */
    byte @Nullable [] find(Key key) {
        Page page = pages.getIfPresent(key);
        if (page == null) {
            return null;
        }
        if (page.topology == changes.topology()
                && page.seen.entrySet().stream().allMatch(each -> changes.seen(each.getKey()) == each.getValue())) {
            return page.bytes;
        }
        pages.invalidate(key); // or the next reader looks in vain, too
        return null;
    }

    Reading read() {
        return new Reading();
    }

    /** A page that is being read. Confined to one thread. */
    final class Reading {
        private final long topology = changes.topology();
        private final Map<Integer, Long> seen = new HashMap<>();

        /** Rows of a partition are about to be read. */
        void from(int partition) {
            seen.computeIfAbsent(partition, changes::seen);
        }

        /** Keeps what was read, where none of it was being changed. */
        void keep(Key key, byte[] bytes) {
            if (seen.values().stream().allMatch(count -> count >= 0)) {
                pages.put(key, new Page(bytes, topology, seen));
            }
        }
    }
}

package io.swarmgrid.storage.cache;

import io.swarmgrid.storage.block.SealedBlock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many near copies have gone cold, or made room; those of pages by their group as well, as far as these are not too many. Thread-safe. */
final class Evictions {
    private static final int MAX_GROUPS = 1024;

    private final LongAdder all = new LongAdder();
    private final ConcurrentHashMap<Integer, LongAdder> pages = new ConcurrentHashMap<>();

    void count(SealedBlock block) {
        all.increment();
        if (NearPage.is(block)) {
            int group = NearPage.group(block);
            if (pages.containsKey(group) || pages.size() < MAX_GROUPS) {
                pages.computeIfAbsent(group, key -> new LongAdder()).increment();
            }
        }
    }

    long all() {
        return all.sum();
    }

    long ofPages(int group) {
        LongAdder counted = pages.get(group);
        return counted == null ? 0 : counted.sum();
    }
}

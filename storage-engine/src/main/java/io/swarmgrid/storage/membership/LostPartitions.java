package io.swarmgrid.storage.membership;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;

/** Which partitions of the metadata have no owner among the nodes that are up. */
final class LostPartitions {
    private LostPartitions() {}

    /** By the name of their cache, in order; empty where all is here. */
    static Map<String, List<Integer>> of(Ignite ignite) {
        Map<String, List<Integer>> lost = new TreeMap<>();
        for (String name : ignite.cacheNames()) {
            IgniteCache<?, ?> cache = ignite.cache(name);
            if (cache != null && !cache.lostPartitions().isEmpty()) {
                lost.put(name, cache.lostPartitions().stream().sorted().toList());
            }
        }
        return lost;
    }
}

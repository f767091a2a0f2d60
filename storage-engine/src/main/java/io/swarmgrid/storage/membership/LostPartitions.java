package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.LostMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;

/** Which partitions of the metadata have no owner among the nodes that are up. */
final class LostPartitions {
    private LostPartitions() {}

    /** Nothing where all is here, or it cannot be told. */
    static Optional<LostMetadata> now(EngineView view, LiveNodes nodes) {
        Ignite ignite = view.active() ? view.engine() : null;
        Map<String, List<Integer>> lost = ignite == null ? Map.of() : of(ignite);
        return lost.isEmpty()
                ? Optional.empty()
                : Optional.of(new LostMetadata(lost, List.copyOf(nodes.voters().missing())));
    }

    /** By the name of their cache, in order. */
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

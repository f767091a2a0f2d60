package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.LostMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cluster.ClusterNode;

/** Which partitions of the metadata have no owner among the nodes that are up. */
final class LostPartitions {
    private LostPartitions() {}

    /** Nothing where all is here, or it cannot be told. */
    static Optional<LostMetadata> now(EngineView view, LiveNodes nodes) {
        Ignite ignite = view.active() ? view.engine() : null;
        Map<String, List<Integer>> lost = ignite == null ? Map.of() : of(ignite);
        if (lost.isEmpty()) {
            return Optional.empty();
        }
        Set<String> missing = nodes.voters().missing();
        Set<String> wanted = missing.isEmpty() ? cameWithout(view, lost) : missing;
        return Optional.of(new LostMetadata(lost, List.copyOf(wanted)));
    }

    /**
     * Whether each of these is on a node again; all voters must be there. While one is not, it is not found: it would pass for empty,
     * and every block whose file it names for nobody's. Not either before Ignite knows whose it is now that they are there.
     */
    static boolean areBack(EngineView view, Map<String, List<Integer>> lost) {
        long settled = view.settledVersion();
        boolean back = lost.entrySet().stream().allMatch(each -> each.getValue().stream()
                .map(partition -> view.homes(each.getKey(), partition))
                .allMatch(homes -> homes.stream().anyMatch(node -> !lacks(node))));
        return back && settled != 0 && settled == view.settledVersion();
    }

    /** Nodes that came back without a part of these that no other node has, in order of name; all voters must be there. */
    static Set<String> cameWithout(EngineView view, Map<String, List<Integer>> lost) {
        Set<String> names = new TreeSet<>();
        lost.forEach((cache, partitions) -> {
            for (int partition : partitions) {
                List<ClusterNode> homes = view.homes(cache, partition);
                if (homes.stream().allMatch(LostPartitions::lacks)) {
                    homes.forEach(node -> names.add(Attributes.name(node)));
                }
            }
        });
        return names;
    }

    private static boolean lacks(ClusterNode node) {
        return Attributes.flag(node, Attributes.LACKS_METADATA);
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

package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/**
 * Takes the partition of an inode id from the id itself, so that a file lies with the directory it was made in, and puts
 * the copies of a partition into distinct zones first, then on whatever nodes remain.
 *
 * <p>Ignite's own backup filters never fill up: with them, nodes of one zone would keep single copies.
 */
public final class HomeAffinity extends RendezvousAffinityFunction {
    private static final long serialVersionUID = 1L;

    public HomeAffinity(int partitions) {
        super(false, partitions);
    }

    @Override
    public int partition(Object key) {
        return key instanceof Long id ? Ids.partition(id, getPartitions()) : super.partition(key);
    }

    @Override
    public List<ClusterNode> assignPartition(
            int part,
            List<ClusterNode> nodes,
            int backups,
            @Nullable Map<UUID, Collection<ClusterNode>> neighborhoods) {
        if (nodes.size() <= 1) {
            return nodes;
        }
        List<ClusterNode> ranked = super.assignPartition(part, nodes, nodes.size() - 1, neighborhoods);
        int copies = Math.min(nodes.size(), backups == Integer.MAX_VALUE ? nodes.size() : backups + 1);
        List<ClusterNode> chosen = new ArrayList<>(copies);
        Set<Object> zones = new HashSet<>();
        for (ClusterNode node : ranked) {
            if (chosen.size() < copies && zones.add(zone(node))) {
                chosen.add(node);
            }
        }
        for (ClusterNode node : ranked) {
            if (chosen.size() < copies && !chosen.contains(node)) {
                chosen.add(node);
            }
        }
        return chosen;
    }

    private static Object zone(ClusterNode node) {
        Object zone = node.attribute(NamespaceCaches.ZONE_ATTRIBUTE);
        return zone == null ? "" : zone;
    }
}

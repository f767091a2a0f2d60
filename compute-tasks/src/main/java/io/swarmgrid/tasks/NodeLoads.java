package io.swarmgrid.tasks;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ignite.Ignite;
import org.apache.ignite.cluster.ClusterNode;

/** Which live nodes run tasks, and how busy they said they are. Thread-safe. */
final class NodeLoads {
    /**
     * A live node that runs tasks.
     *
     * @param outstanding attempts that it runs or keeps waiting, as it said last
     */
    record NodeLoad(String node, UUID id, int slots, int outstanding) {}

    private record Said(int slots, int outstanding) {}

    private final Ignite ignite;
    private final Map<UUID, Said> said = new ConcurrentHashMap<>();

    NodeLoads(Ignite ignite) {
        this.ignite = ignite;
    }

    void report(UUID node, int slots, int outstanding) {
        said.put(node, new Said(slots, outstanding));
    }

    /** Those that take splits now. */
    List<NodeLoad> live() {
        List<ClusterNode> servers = List.copyOf(ignite.cluster().forServers().nodes());
        said.keySet().retainAll(servers.stream().map(ClusterNode::id).toList());
        return servers.stream()
                .map(this::load)
                .flatMap(Optional::stream)
                .filter(load -> load.slots() > 0)
                .toList();
    }

    boolean isAlive(UUID node) {
        return ignite.cluster().node(node) != null;
    }

    private Optional<NodeLoad> load(ClusterNode node) {
        return Optional.ofNullable(said.get(node.id()))
                .map(s -> new NodeLoad(String.valueOf(node.consistentId()), node.id(), s.slots(), s.outstanding()));
    }
}

package io.swarmgrid.storage.membership;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.affinity.AffinityTopologyVersion;
import org.apache.ignite.internal.processors.cluster.BaselineTopology;
import org.apache.ignite.internal.processors.cluster.DiscoveryDataClusterState;
import org.jspecify.annotations.Nullable;

/*
 * The public API waits for transitions of the cluster's state and throws while the node starts or stops. What decides
 * about a quorum must neither wait nor throw, and is asked from Ignite's own threads, so it reads the same state from
 * inside. No other class touches Ignite's internals.
 */
/** What this node's Ignite sees right now; empty while there is none. Thread-safe; never waits. */
final class EngineView {
    private static final int MINOR_BITS = 24;

    /** From its construction on: what a cache's validator may ask before the start is over. */
    private volatile @Nullable IgniteEx kernel;

    private volatile @Nullable IgniteEx ignite;

    void constructed(IgniteEx engine) {
        kernel = engine;
    }

    void started(IgniteEx engine) {
        ignite = engine;
    }

    void detach() {
        ignite = null;
        kernel = null;
    }

    @Nullable
    IgniteEx engine() {
        return ignite;
    }

    /** Counts who is in the ring; 0 without one. */
    long topologyVersion() {
        IgniteEx engine = ignite;
        return engine == null ? 0 : engine.context().discovery().topologyVersion();
    }

    /** Counts the moves of partitions; 0 while they do not follow what the ring has come to. */
    long settledVersion() {
        IgniteEx engine = ignite;
        if (engine == null || !active()) {
            return 0;
        }
        AffinityTopologyVersion ready =
                engine.context().cache().context().exchange().readyAffinityVersion();
        AffinityTopologyVersion ring = engine.context().discovery().topologyVersionEx();
        return ready.equals(ring) ? (ready.topologyVersion() << MINOR_BITS) + ready.minorTopologyVersion() : 0;
    }

    /** The live servers, oldest first. */
    List<ClusterNode> servers() {
        IgniteEx engine = ignite;
        return engine == null
                ? List.of()
                : List.copyOf(engine.context().discovery().discoCache().aliveServerNodes());
    }

    /** The current baseline by name, with what its nodes said of themselves when it was made. */
    Map<String, BaselineNode> baseline() {
        DiscoveryDataClusterState state = state(kernel);
        BaselineTopology baseline = state == null ? null : state.baselineTopology();
        if (baseline == null) {
            return Map.of();
        }
        Map<String, BaselineNode> byName = new HashMap<>();
        baseline.currentBaseline().forEach(node -> byName.put(Attributes.name(node), node));
        return byName;
    }

    /** Whether the caches take calls. */
    boolean active() {
        DiscoveryDataClusterState state = state(ignite);
        return state != null && state.state().active() && !state.transition();
    }

    /** Whether a change of the grid's activity or of its voters is under way. */
    boolean inTransition() {
        DiscoveryDataClusterState state = state(ignite);
        return state != null && state.transition();
    }

    private static @Nullable DiscoveryDataClusterState state(@Nullable IgniteEx engine) {
        return engine == null ? null : engine.context().state().clusterState();
    }
}

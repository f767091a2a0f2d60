package io.swarmgrid.storage.membership;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.affinity.AffinityTopologyVersion;
import org.apache.ignite.internal.processors.cache.CacheGroupContext;
import org.apache.ignite.internal.processors.cache.DynamicCacheDescriptor;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.GridCacheSharedTtlCleanupManager;
import org.apache.ignite.internal.processors.cache.GridCacheTtlManager;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtPartitionState;
import org.apache.ignite.internal.processors.cache.persistence.CheckpointState;
import org.apache.ignite.internal.processors.cache.persistence.checkpoint.CheckpointProgress;
import org.apache.ignite.internal.processors.cluster.BaselineTopology;
import org.apache.ignite.internal.processors.cluster.DiscoveryDataClusterState;
import org.apache.ignite.internal.util.future.GridFutureAdapter;
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

    /** Whether another live server has the name of this node. */
    boolean isNameTaken(ClusterNode joining) {
        return servers().stream()
                .anyMatch(node -> Attributes.name(node).equals(Attributes.name(joining))
                        && !node.id().equals(joining.id()));
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

    /** Where the copies of a partition belong, by the current baseline, those nodes of it that are live. */
    List<ClusterNode> homes(String cache, int partition) {
        IgniteEx engine = ignite;
        CacheGroupContext group =
                engine == null ? null : engine.context().cache().cacheGroup(groupOf(engine, cache));
        List<List<ClusterNode>> ideal = group == null ? null : group.affinity().idealAssignmentRaw();
        return ideal == null || partition >= ideal.size() ? List.of() : List.copyOf(ideal.get(partition));
    }

    /**
     * Whether this node has whole every partition of which a copy belongs here. One that is not counted yet has all: what it is given
     * later stays where it was until it is here.
     */
    boolean ownsItsShare() {
        IgniteEx engine = ignite;
        Map<String, BaselineNode> baseline = baseline();
        if (engine == null || settledVersion() == 0 || baseline.isEmpty()) {
            return false;
        }
        ClusterNode local = engine.context().discovery().localNode();
        return !baseline.containsKey(Attributes.name(local))
                || engine.context().cache().cacheGroups().stream().allMatch(group -> ownsItsShare(group, local));
    }

    private static boolean ownsItsShare(CacheGroupContext group, ClusterNode local) {
        List<List<ClusterNode>> ideal = group.affinity().idealAssignmentRaw();
        if (ideal == null) {
            return false;
        }
        for (int partition = 0; partition < ideal.size(); partition++) {
            GridDhtLocalPartition here = group.topology().localPartition(partition);
            boolean owned = here != null && here.state() == GridDhtPartitionState.OWNING;
            if (!owned && ideal.get(partition).contains(local)) {
                return false;
            }
        }
        return true;
    }

    /** Whether this node has no copy of any partition, nor one that is being cleared. */
    boolean isVacant() {
        IgniteEx engine = ignite;
        return engine != null
                && settledVersion() != 0
                && engine.context().cache().cacheGroups().stream()
                        .filter(CacheGroupContext::persistenceEnabled)
                        .allMatch(group -> group.topology().localPartitions().stream()
                                .allMatch(each -> each.state() == GridDhtPartitionState.EVICTED && !each.isClearing()));
    }

    /**
     * Has Ignite look for nothing that expires as long as this node is not counted: it has no partition then, or will have none in a
     * moment, and the thread that looks ends by that.
     */
    void restExpiry() {
        IgniteEx engine = ignite;
        Map<String, BaselineNode> baseline = baseline();
        if (engine != null
                && !baseline.isEmpty()
                && !baseline.containsKey(
                        Attributes.name(engine.context().discovery().localNode()))) {
            caches(engine).forEach(each -> each.ttl().hasPendingEntries(false));
        }
    }

    /** Gives Ignite a thread that looks for what expires, where the last one has ended. */
    void reviveExpiry() {
        IgniteEx engine = ignite;
        if (engine != null) {
            GridCacheSharedTtlCleanupManager expiry =
                    engine.context().cache().context().ttl();
            List<GridCacheTtlManager> all =
                    caches(engine).map(GridCacheContext::ttl).toList();
            restExpiry();
            all.forEach(expiry::unregister);
            all.forEach(expiry::register);
        }
    }

    private static Stream<GridCacheContext<?, ?>> caches(IgniteEx engine) {
        return engine.context().cache().cacheGroups().stream().flatMap(group -> group.caches().stream());
    }

    /**
     * Begins to write to the store what is only in memory and in the log, such as how far the copies are that the node was given: read
     * from the log alone they would pass for older than empty ones.
     *
     * @return whether that is done
     */
    BooleanSupplier write() {
        IgniteEx engine = ignite;
        CheckpointProgress progress = engine == null
                ? null
                : engine.context().cache().context().database().forceCheckpoint("metadata is whole");
        if (progress == null) {
            return () -> false;
        }
        GridFutureAdapter<?> finished = progress.futureFor(CheckpointState.FINISHED);
        return () -> finished.isDone() && finished.error() == null;
    }

    private static int groupOf(IgniteEx engine, String cache) {
        DynamicCacheDescriptor found = engine.context().cache().cacheDescriptor(cache);
        return found == null ? 0 : found.groupId();
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

    /** Whether the voters are being changed, and not all nodes have written down yet what they were before. */
    boolean votersChange() {
        DiscoveryDataClusterState state = state(kernel);
        return state != null && state.transition() && state.baselineChanged();
    }

    private static @Nullable DiscoveryDataClusterState state(@Nullable IgniteEx engine) {
        return engine == null ? null : engine.context().state().clusterState();
    }
}

package io.swarmgrid.storage.membership;

import io.swarmgrid.config.SwarmConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.internal.IgniteEx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Ignite left alone does too little (a grid with one node missing stays inactive, lost partitions stay lost) or too much
 * (auto-adjust lets a lone survivor shrink the baseline to itself). The rules here:
 *
 *  - Only the oldest live server acts. Every node keeps the clocks, so that the next oldest goes on where it was.
 *  - A new grid is begun by its founders: once a majority of the seeds is there, and then all of them or a moment has
 *    passed, so that the first baseline has everybody.
 *  - A grid that comes back is activated at its full baseline, or at a majority of it after a while, if so few nodes are
 *    missing that every partition has a copy on those that are there. One that comes back without its metadata has no
 *    copy: its partitions would pass for empty, and the blocks that they name for orphans.
 *  - The baseline changes only by a majority of itself. A dead node goes after repair.node-grace, but never while
 *    partitions are lost: the last copy might be on it. A new one comes after repair.join-grace, and not then either: lost
 *    partitions that were given to it could not be told from such that it has.
 *    Nor before it has cleared what it had when it was counted last: Ignite clears the partitions of a node that is not counted, and where
 *    it is given them again meanwhile what it has taken in by then may be cleared with the rest, and is missed by nobody: its counters say
 *    that it has all (GridDhtLocalPartition.clearAll goes by a version that a change of state moves under its hands).
 *  - Lost partitions are declared found only when the whole baseline is there: any of its nodes may have the last copy;
 *    and never where all that should have a copy came back without their metadata.
 */
/** Activates the grid and keeps its voters up to date. Confined to the engine's own thread. */
final class BaselineKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(BaselineKeeper.class);
    private static final long COMPLAINT_NANOS = 10_000_000_000L;
    private static final String RECOVER_ALL =
            "; put the metadata of one of them back, or, where that cannot be, stop all nodes,"
                    + " move the metadata directory of each aside, start all with --recover, and run swarm recover";

    private final EngineView engine;
    private final LiveNodes nodes;
    private final SwarmConfig config;
    private final Rules rules;
    private final LongSupplier nanoTime;
    private final Map<String, Long> presentSinceNanos = new HashMap<>();
    private long majoritySinceNanos;
    private boolean majority;
    private long complainedNanos;
    private boolean complained;

    /**
     * @param founders how many nodes begin the grid
     * @param backups fewest copies, beside the first, of any cache's partitions
     * @param gatherNanos how long a new grid with a majority of its founders waits for the rest
     * @param returnNanos how long a grid that comes back waits for its whole baseline
     */
    record Rules(int founders, int backups, long gatherNanos, long returnNanos) {}

    BaselineKeeper(EngineView engine, LiveNodes nodes, SwarmConfig config, Rules rules, LongSupplier nanoTime) {
        this.engine = engine;
        this.nodes = nodes;
        this.config = config;
        this.rules = rules;
        this.nanoTime = nanoTime;
    }

    /** One look at the grid, and at most one change of it. */
    void tick() {
        IgniteEx ignite = engine.engine();
        List<ClusterNode> servers = engine.servers();
        if (ignite == null || servers.isEmpty() || engine.inTransition()) {
            return;
        }
        Map<String, BaselineNode> baseline = engine.baseline();
        trackPresent(servers, baseline);
        try {
            if (baseline.isEmpty()) {
                begin(ignite, servers);
            } else if (!engine.active()) {
                comeBack(ignite, servers, baseline);
            } else if (isOldest(servers)) {
                adjust(ignite, servers, baseline);
                findLost(ignite, baseline);
            }
        } catch (IgniteException | IllegalStateException e) {
            complain("change of the grid failed, will be tried again: " + e.getMessage());
            LOG.debug("change of the grid failed", e);
        }
    }

    private void begin(IgniteEx ignite, List<ClusterNode> servers) {
        List<ClusterNode> founders = servers.stream()
                .filter(node -> Attributes.flag(node, Attributes.FOUNDER))
                .toList();
        int present = founders.size();
        if (!heldMajority(present * 2 > rules.founders())) {
            complain("waiting for a majority of the seeds to begin the grid: here=" + names(founders) + ", needed="
                    + (rules.founders() / 2 + 1) + " of " + config.grid().seeds());
            return;
        }
        boolean gathered = present >= rules.founders() || majorityNanos() >= rules.gatherNanos();
        if (gathered && isOldest(founders)) {
            LOG.info("grid begins: grid={}, nodes={}", config.grid().name(), names(servers));
            ignite.cluster().state(ClusterState.ACTIVE);
        }
    }

    private void comeBack(IgniteEx ignite, List<ClusterNode> servers, Map<String, BaselineNode> baseline) {
        Voters voters = nodes.voters();
        Set<String> missing = voters.missing();
        if (!heldMajority(voters.haveMajority())) {
            complain("waiting for a majority of the grid's nodes: missing=" + missing + " of " + baseline.keySet());
            return;
        }
        if (!isOldest(servers)) {
            return;
        }
        Set<String> lacking = Attributes.lackingMetadata(servers, baseline.keySet());
        // Where nobody has any, none is lost by going on: it is begun anew, as a recovery where there was a grid.
        boolean copied = missing.size() + lacking.size() <= rules.backups() || lacking.size() == baseline.size();
        if (missing.isEmpty() && copied) {
            LOG.info("grid comes back whole: nodes={}, without their metadata={}", names(servers), lacking);
            ignite.cluster().state(ClusterState.ACTIVE);
        } else if (missing.isEmpty()) {
            complain("some metadata may have no copy: too many nodes came back without theirs: " + lacking
                    + RECOVER_ALL);
        } else if (!copied) {
            complain("waiting for nodes without which some metadata has no copy: missing=" + missing
                    + (lacking.isEmpty() ? "" : ", came back without their metadata=" + lacking));
        } else if (majorityNanos() >= rules.returnNanos()) {
            LOG.warn("grid comes back without some of its nodes: missing={}", missing);
            ignite.cluster().state(ClusterState.ACTIVE);
        } else {
            complain("a majority is here, waiting a moment for the rest: missing=" + missing);
        }
    }

    private void adjust(IgniteEx ignite, List<ClusterNode> servers, Map<String, BaselineNode> baseline) {
        if (ignite.cluster().isBaselineAutoAdjustEnabled()) {
            ignite.cluster().baselineAutoAdjustEnabled(false);
        }
        if (!nodes.voters().haveMajority()) {
            complain(
                    "no majority of the grid's nodes: missing=" + nodes.voters().missing());
            return;
        }
        Set<String> gone = overdue();
        List<ClusterNode> arrived = arrived(servers, baseline);
        if (gone.isEmpty() && arrived.isEmpty()) {
            return;
        }
        if (!LostPartitions.of(ignite).isEmpty()) {
            complain("nodes stay counted, and no others are, while metadata is lost: missing=" + gone + ", new="
                    + names(arrived));
            return;
        }
        Map<String, BaselineNode> next = new LinkedHashMap<>(baseline);
        next.keySet().removeAll(gone);
        arrived.forEach(node -> next.put(Attributes.name(node), node));
        // A live node's own entry replaces what it said when it was last counted.
        servers.forEach(node -> next.replace(Attributes.name(node), node));
        LOG.info("grid changes: joins={}, goes={}", names(arrived), gone);
        ignite.cluster().setBaselineTopology(next.values());
    }

    private Set<String> overdue() {
        long graceNanos = config.repair().nodeGrace().toNanos();
        Set<String> gone = new TreeSet<>(nodes.voters().missing());
        gone.removeIf(name -> nodes.downNanos(name) < graceNanos);
        return gone;
    }

    private List<ClusterNode> arrived(List<ClusterNode> servers, Map<String, BaselineNode> baseline) {
        long graceNanos = config.repair().joinGrace().toNanos();
        long now = nanoTime.getAsLong();
        Map<Boolean, List<ClusterNode>> waiting = servers.stream()
                .filter(node -> !baseline.containsKey(Attributes.name(node)))
                .filter(node -> now - presentSinceNanos.getOrDefault(node.id().toString(), now) >= graceNanos)
                .collect(Collectors.partitioningBy(
                        node -> nodes.load(Attributes.name(node)).vacant()));
        List<ClusterNode> clearing = waiting.getOrDefault(false, List.of());
        if (!clearing.isEmpty()) {
            complain("nodes are counted once they have cleared the metadata that they had: " + names(clearing));
        }
        return waiting.getOrDefault(true, List.of());
    }

    private void findLost(IgniteEx ignite, Map<String, BaselineNode> baseline) {
        Map<String, List<Integer>> lost = LostPartitions.of(ignite);
        if (lost.isEmpty()) {
            return;
        }
        Set<String> missing = nodes.voters().missing();
        if (!missing.isEmpty()) {
            complain("some metadata is lost until its nodes come back: partitions=" + lost + ", missing=" + missing);
        } else if (LostPartitions.areBack(engine, lost)) {
            LOG.info("lost metadata is back: partitions={}, nodes={}", lost, baseline.keySet());
            ignite.resetLostPartitions(lost.keySet());
        } else {
            Set<String> without = LostPartitions.cameWithout(engine, lost);
            if (!without.isEmpty()) {
                complain("some metadata is on no node: partitions=" + lost + ", came back without it=" + without
                        + RECOVER_ALL);
            }
        }
    }

    private void trackPresent(List<ClusterNode> servers, Map<String, BaselineNode> baseline) {
        Map<String, Long> now = new HashMap<>();
        for (ClusterNode node : servers) {
            if (!baseline.containsKey(Attributes.name(node))) {
                String id = node.id().toString();
                now.put(id, presentSinceNanos.getOrDefault(id, nanoTime.getAsLong()));
            }
        }
        presentSinceNanos.clear();
        presentSinceNanos.putAll(now);
    }

    private boolean heldMajority(boolean now) {
        if (now && !majority) {
            majoritySinceNanos = nanoTime.getAsLong();
        }
        majority = now;
        return now;
    }

    private long majorityNanos() {
        return nanoTime.getAsLong() - majoritySinceNanos;
    }

    private boolean isOldest(List<ClusterNode> candidates) {
        return !candidates.isEmpty() && candidates.get(0).isLocal();
    }

    private void complain(String what) {
        long now = nanoTime.getAsLong();
        if (!complained || now - complainedNanos >= COMPLAINT_NANOS) {
            complained = true;
            complainedNanos = now;
            LOG.warn("{}", what);
        }
    }

    private static List<String> names(Collection<? extends BaselineNode> nodes) {
        return nodes.stream().map(Attributes::name).sorted().toList();
    }
}

package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.DrainStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.SafeModeStatus;
import io.swarmgrid.config.SwarmConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/*
 * One immutable picture, remade whenever the ring, the voters or a load changes, and also when a reader finds that the
 * ring's version has moved: the events of Ignite come a little later than its view, and an operation that asks for the
 * quorum after it was done must not be told of the time before.
 */
/** The live nodes, put together from Ignite's view and from what each node says of its load. */
final class LiveNodes implements Nodes {
    private final EngineView engine;
    private final SwarmConfig config;
    private final GridNodeInfo alone;
    private final Map<String, NodeLoad> loads = new ConcurrentHashMap<>();
    /** Guarded by this. */
    private final Absences absences;

    private volatile Movement movement = Movement.NONE;
    private volatile boolean recovering;
    private volatile SafeModeStatus safeMode = SafeModeStatus.OFF;
    private volatile @Nullable ReadLease lease;
    private volatile Picture picture;
    /** Open from when every voter had looked over its part of the metadata; one that comes later finds the grid whole. */
    private final CountDownLatch whole = new CountDownLatch(1);

    /**
     * @param version the ring's version that it shows
     * @param live by name
     * @param down names of voters that are not live
     */
    private record Picture(
            long version, Map<String, GridNodeInfo> live, List<GridNodeInfo> inOrder, Voters voters, Set<String> down) {
        static Picture empty(Optional<String> tiebreak) {
            return new Picture(0, Map.of(), List.of(), new Voters(Set.of(), Set.of(), tiebreak), Set.of());
        }
    }

    LiveNodes(EngineView engine, SwarmConfig config, String flightLocation, LongSupplier nanoTime) {
        this.engine = engine;
        this.config = config;
        this.absences = new Absences(nanoTime);
        this.alone = new GridNodeInfo(
                config.nodeName(),
                config.node().zone(),
                flightLocation,
                false,
                false,
                0,
                0,
                0,
                0,
                ProcessHandle.current().pid());
        this.picture = Picture.empty(config.quorum().tiebreak());
    }

    @Override
    public GridNodeInfo local() {
        return current().live().getOrDefault(config.nodeName(), alone);
    }

    @Override
    public List<GridNodeInfo> live() {
        return current().inOrder();
    }

    @Override
    public Optional<GridNodeInfo> find(String name) {
        return Optional.ofNullable(current().live().get(name));
    }

    @Override
    public boolean isGone(String name) {
        Picture now = current();
        if (now.live().containsKey(name) || now.voters().all().isEmpty()) {
            return false;
        }
        return !now.voters().all().contains(name)
                || downNanos(name) > config.repair().nodeGrace().toNanos();
    }

    /** The ring tries once more to reach a node that is silent, from either side, before it goes on without it. */
    @Override
    public Duration noticesLossWithin() {
        return config.grid().failureTimeout().multipliedBy(3);
    }

    @Override
    public boolean allPresent() {
        return current().voters().missing().isEmpty();
    }

    @Override
    public Movement movement() {
        return movement;
    }

    void moved(Movement now) {
        if (!now.equals(movement)) {
            movement = now;
            refresh();
        }
    }

    void recovering(boolean now) {
        recovering = now;
    }

    @Override
    public boolean isRecovering() {
        return recovering;
    }

    void safeMode(SafeModeStatus now) {
        safeMode = now;
    }

    @Override
    public SafeModeStatus safeMode() {
        return safeMode;
    }

    @Override
    public boolean isLookedOver() {
        return whole.getCount() == 0;
    }

    @Override
    public void requireLookedOver() {
        if (!isLookedOver()) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "the grid has just begun, and takes changes once its nodes have looked over what they have: missing="
                            + notLooked(picture.live()),
                    null,
                    "wait a moment, or see why these nodes do not get on",
                    null);
        }
    }

    /** @return whether all have looked over what they have, after so long at most */
    boolean awaitLookedOver(Duration patience) throws InterruptedException {
        return whole.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The voters among them. */
    private List<String> notLooked(Map<String, GridNodeInfo> live) {
        return live.values().stream()
                .filter(node -> node.voter() && !load(node.name()).lookedOver())
                .map(GridNodeInfo::name)
                .toList();
    }

    @Override
    public void requireMetadataRoom() {
        for (GridNodeInfo node : picture.inOrder()) {
            NodeLoad.Lack lack = load(node.name()).lack();
            if (lack != null) {
                throw new GridException(
                        ErrorCode.NO_SPACE,
                        "no room for more metadata: node=" + node.name() + ", directory=" + lack.directory()
                                + ", free_bytes=" + lack.freeBytes() + ", needed_bytes=" + lack.neededBytes(),
                        null,
                        "free space on that disk, or give it more; what is stored can be read, renamed and removed"
                                + " meanwhile",
                        null);
            }
        }
    }

    @Override
    public boolean hasQuorum() {
        return current().voters().haveMajority();
    }

    @Override
    public void requireQuorum() {
        Voters voters = current().voters();
        if (voters.haveMajority()) {
            return;
        }
        if (voters.all().isEmpty()) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "the grid has not begun: node=" + config.nodeName() + " sees "
                            + current().live().keySet(),
                    null,
                    "start the other seeds, or wait until they have started",
                    null);
        }
        throw new GridException(
                ErrorCode.NO_QUORUM,
                "no majority of the grid's nodes: node=" + config.nodeName() + " sees "
                        + (voters.all().size() - voters.missing().size()) + " of "
                        + voters.all().size() + ", missing=" + voters.missing(),
                null,
                voters.all().size() == 2 && voters.tiebreak().isEmpty()
                        ? "start the missing node; with two nodes, quorum.tiebreak names the one that goes on alone"
                        : "start the missing nodes or mend the network between them",
                null);
    }

    void grantedBy(ReadLease granting) {
        lease = granting;
    }

    @Override
    public void requireStillIn() {
        ReadLease granting = lease;
        if (granting != null) {
            granting.require();
        }
    }

    Voters voters() {
        return current().voters();
    }

    /** For whoever asks what an inactive grid waits for. */
    String whoIsHere() {
        Voters voters = voters();
        Set<String> lacking = Attributes.lackingMetadata(engine.servers(), voters.all());
        return "here=" + voters.live() + ", missing=" + voters.missing()
                + (lacking.isEmpty() ? "" : ", without their metadata=" + lacking);
    }

    /** Whether these nodes of Ignite are a majority of the voters of this moment: what caches ask before a change. */
    boolean isMajority(Collection<ClusterNode> nodes) {
        Set<String> names = nodes.stream().map(Attributes::name).collect(Collectors.toSet());
        return new Voters(engine.baseline().keySet(), names, config.quorum().tiebreak()).haveMajority();
    }

    /** For how long a node has been missing, as far as this node knows; 0 for one that is not. */
    synchronized long downNanos(String name) {
        return absences.nanos(name);
    }

    void load(String name, NodeLoad load) {
        if (!load.equals(loads.put(name, load))) {
            refresh();
        }
    }

    @Override
    public List<Keepable> keepable(String name) {
        return find(name).isPresent() ? load(name).keepable() : List.of();
    }

    NodeLoad load(String name) {
        return loads.getOrDefault(name, NodeLoad.UNKNOWN);
    }

    /** Draws the picture anew. */
    synchronized void refresh() {
        long version = engine.topologyVersion();
        Map<String, BaselineNode> baseline = engine.baseline();
        Map<String, GridNodeInfo> live = new TreeMap<>();
        for (ClusterNode node : engine.servers()) {
            String name = Attributes.name(node);
            live.put(name, info(node, baseline.containsKey(name), loads.getOrDefault(name, NodeLoad.UNKNOWN)));
        }
        absences.track(baseline, live, node -> info(node, true, NodeLoad.UNKNOWN));
        loads.keySet().removeIf(name -> !live.containsKey(name) && !baseline.containsKey(name));
        // One that comes back takes no blocks before it has said so itself.
        loads.replaceAll((name, load) -> live.containsKey(name) ? load : load.withoutRoom());
        Set<String> down = new TreeSet<>(baseline.keySet());
        down.removeAll(live.keySet());
        picture = new Picture(
                version,
                Map.copyOf(live),
                List.copyOf(live.values()),
                new Voters(baseline.keySet(), live.keySet(), config.quorum().tiebreak()),
                Set.copyOf(down));
        if (!isLookedOver()
                && picture.voters().haveMajority()
                && notLooked(live).isEmpty()) {
            whole.countDown();
        }
    }

    /**
     * All nodes, also voters that are down, in order of name.
     *
     * @param drains how far those are that are being drained
     */
    synchronized List<NodeStatus> status(Map<String, DrainStatus> drains) {
        Picture now = current();
        Map<String, NodeStatus> nodes = new TreeMap<>();
        for (GridNodeInfo node : now.inOrder()) {
            nodes.put(node.name(), status(node, node.voter() ? "up" : "joining", drains));
        }
        for (String name : now.down()) {
            GridNodeInfo known = absences.lastKnown(name);
            if (known != null) {
                nodes.put(name, status(known, "down", drains));
            }
        }
        return new ArrayList<>(nodes.values());
    }

    private Picture current() {
        Picture now = picture;
        if (now.version() != engine.topologyVersion()) {
            refresh();
            now = picture;
        }
        return now;
    }

    private GridNodeInfo info(BaselineNode node, boolean voter, NodeLoad load) {
        return new GridNodeInfo(
                Attributes.name(node),
                Attributes.text(node, Attributes.ZONE),
                Attributes.text(node, Attributes.FLIGHT),
                voter,
                isWitness(node) || movement.draining().contains(Attributes.name(node)),
                load.usedBytes(),
                load.capacityBytes(),
                load.freeBytes(),
                load.blocks(),
                Attributes.number(node, Attributes.PID));
    }

    private static boolean isWitness(BaselineNode node) {
        return Attributes.flag(node, Attributes.WITNESS);
    }

    /** It takes no blocks, and nobody asked for that. */
    private boolean isWitness(GridNodeInfo node) {
        return node.draining() && !movement.draining().contains(node.name());
    }

    /** One that was asked for a moment ago is not among those that were looked at yet. */
    private @Nullable DrainStatus drain(String name, Map<String, DrainStatus> drains) {
        return movement.draining().contains(name)
                ? drains.getOrDefault(name, new DrainStatus(DrainStatus.DRAINING, 0, 0))
                : null;
    }

    private NodeStatus status(GridNodeInfo node, String state, Map<String, DrainStatus> drains) {
        return new NodeStatus(
                node.name(),
                node.zone(),
                node.location(),
                state,
                node.voter(),
                node.pid(),
                node.usedBytes(),
                node.capacityBytes(),
                node.blocks(),
                drain(node.name(), drains),
                isWitness(node) ? Boolean.TRUE : null);
    }
}

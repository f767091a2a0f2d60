package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.LostMetadata;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.backup.BackupMemory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.events.Event;
import org.apache.ignite.events.EventType;
import org.apache.ignite.events.NodeValidationFailedEvent;
import org.apache.ignite.internal.IgniteEx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Ignite of this node: it joins, activates, keeps the voters up to date, and says who is in the grid. Thread-safe.
 *
 * <p>Two threads of its own: {@code membership-keeper} changes the grid and may wait for it, {@code membership-load}
 * tells the others what this node can take and never waits.
 */
public final class MetadataEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataEngine.class);

    private final SwarmConfig config;
    private final EngineState state;
    private final EngineStarter starter;
    private final EngineView view = new EngineView();
    private final LiveNodes nodes;
    private final IgnitePeers peers;
    private final GridClock clock;
    private final LoadExchange loads;
    private final ReadLease lease;
    private final Movements movements;
    private final Recovering recovering;
    private final SafeMode safeMode;
    private final Backups backups;
    private final BaselineKeeper keeper;
    private final IdentityLearner identities;
    private final SteppingAside aside;
    private final Rounds keeperThread = new Rounds("membership-keeper");
    private final Rounds loadThread = new Rounds("membership-load");
    // Confined to the keeper's thread.
    private long lastSettled;

    private MetadataEngine(
            SwarmConfig config,
            DataDirectory directory,
            String flightLocation,
            List<CacheConfiguration<?, ?>> caches,
            Pace pace) {
        this.config = config;
        this.state = new EngineState(config.grid().name(), directory);
        List<CacheConfiguration<?, ?>> all = new ArrayList<>(caches);
        all.add(GridIdentity.cache());
        this.starter = new EngineStarter(config, directory, flightLocation, all);
        this.nodes = new LiveNodes(view, config, flightLocation, System::nanoTime);
        this.peers = new IgnitePeers(view);
        this.clock = new GridClock(config.nodeName(), Clock.systemUTC(), System::nanoTime);
        MetadataDisk disk = new MetadataDisk(
                MetadataDisk.Place.of(
                        directory, config.metadata(), config.storage().reserveFree()),
                () -> EngineConfiguration.allocatedBytes(view.engine()),
                MetadataDisk.Disks.REAL,
                System::nanoTime);
        this.loads = new LoadExchange(peers, nodes, System::nanoTime, clock, disk, view::isVacant);
        this.lease = new ReadLease(
                peers, config.nodeName(), nodes::voters, config.grid().failureTimeout(), System::nanoTime);
        nodes.grantedBy(lease);
        this.movements = new Movements(view, nodes, config.storage().minReplicas(), clock);
        this.recovering = new Recovering(view, nodes);
        this.safeMode = new SafeMode(view, nodes, clock);
        this.backups = new Backups(view);
        this.identities = new IdentityLearner(config, state, view, recovering, safeMode);
        BaselineKeeper.Rules rules = new BaselineKeeper.Rules(
                starter.seeds().founders(),
                EngineConfiguration.fewestBackups(all),
                pace.gather().toNanos(),
                pace.comeBack().toNanos());
        this.keeper = new BaselineKeeper(view, nodes, config, rules, System::nanoTime);
        this.aside = new SteppingAside(state, view, pace.stepAside());
    }

    /**
     * How patient a grid is with its own start.
     *
     * @param gather how long a new grid with a majority of its seeds waits for the rest
     * @param comeBack how long a grid that comes back with a majority waits for its other nodes
     * @param stepAside how long a node that knows less than others leaves them the ground at first
     */
    record Pace(Duration gather, Duration comeBack, Duration stepAside) {
        static final Pace DEFAULT = new Pace(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(8));
    }

    /**
     * Starts the engine and joins the grid, or begins one; {@link #awaitActive} waits until it takes calls.
     *
     * @param flightLocation where this node's Flight door listens
     * @param caches what the grid keeps in its metadata; none of them can be changed without a majority of the voters
     * @throws GridException PRECONDITION_FAILED where the grid refuses this node, UNAVAILABLE where no seed could be
     *     reached in time
     */
    public static MetadataEngine start(
            SwarmConfig config, DataDirectory directory, String flightLocation, List<CacheConfiguration<?, ?>> caches) {
        return start(config, directory, flightLocation, caches, Pace.DEFAULT);
    }

    static MetadataEngine start(
            SwarmConfig config,
            DataDirectory directory,
            String flightLocation,
            List<CacheConfiguration<?, ?>> caches,
            Pace pace) {
        MetadataEngine engine = new MetadataEngine(config, directory, flightLocation, caches, pace);
        boolean started = false;
        try {
            engine.startIgnite();
            engine.keeperThread.begin(engine::keep);
            engine.loadThread.begin(engine::tellLoad);
            engine.lease.begin();
            started = true;
            return engine;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while the metadata engine started", e);
        } finally {
            if (!started) {
                engine.close();
            }
        }
    }

    /**
     * The engine itself. Before {@link #awaitActive} has returned it may still be replaced: a node whose metadata is older
     * than that of nodes that come later steps aside for them.
     *
     * @throws GridException UNAVAILABLE while there is none
     */
    public Ignite ignite() {
        IgniteEx ignite = view.engine();
        if (ignite == null) {
            throw unavailable("the metadata engine does not run");
        }
        return ignite;
    }

    public Nodes nodes() {
        return nodes;
    }

    public Peers peers() {
        return peers;
    }

    /** @throws GridException UNAVAILABLE before the grid is active */
    public UUID gridId() {
        return state.identity().id();
    }

    /** The grid this node belongs to, also while that is not active; nothing for a node that has never been in one. */
    public Optional<UUID> knownGridId() {
        return state.knownGridId();
    }

    /**
     * 32 random bytes, made once for the grid, that its nodes sign with; a copy.
     *
     * @throws GridException UNAVAILABLE before the grid is active
     */
    public byte[] gridSecret() {
        return state.identity().secret();
    }

    /**
     * Waits until the metadata takes calls here.
     *
     * @throws GridException UNAVAILABLE that says what is missing when the patience ends, or what went wrong
     */
    public void awaitActive(Duration patience) throws InterruptedException {
        state.awaitActive(patience, nodes::whoIsHere);
    }

    /** Tells the others, at once, every second and when it changes, what {@code load} answers. It must not block. */
    public void publishLoad(Supplier<NodeLoad> load) {
        loads.publish(load);
        loadThread.atOnce(this::tellLoad);
    }

    /** Tells the others, and this node's callers, that its part of the metadata is whole: see {@link Nodes#requireLookedOver}. */
    public void lookedOver() {
        loads.lookedOver();
        loadThread.atOnce(this::tellLoad);
    }

    /** @return whether all nodes have looked over what they have, after so long at most */
    public boolean awaitLookedOver(Duration patience) throws InterruptedException {
        return nodes.awaitLookedOver(patience);
    }

    /**
     * Runs when this node was cut off from the grid or its engine failed: it will not come back without a restart. At
     * once, where that has happened already.
     */
    public void onSegmented(Runnable action) {
        state.onFailure(action);
    }

    /** Says that the grid goes on without this node: it looks for it again while it waits, else what {@link #onSegmented} was given runs. */
    public void leftOutside(String why) {
        LOG.error("this node was cut off: {}", why);
        if (!state.isActive()) {
            aside.leftOutside();
            return;
        }
        fail(unavailable("this node was cut off: " + why));
    }

    /** All nodes, those that are down but still counted among them, in order of name. */
    public List<NodeStatus> status() {
        return nodes.status(loads.drains());
    }

    /** The time for what nodes write down for each other. */
    public Clock clock() {
        return clock;
    }

    /** What no node has now of the metadata; empty where all is here, or cannot be told. */
    public Optional<LostMetadata> lostMetadata() {
        return LostPartitions.now(view, nodes);
    }

    /** What operators asked to be moved. */
    public Movements movements() {
        return movements;
    }

    /** Whether the metadata was lost and is being made anew. */
    public Recovering recovering() {
        return recovering;
    }

    /** Whether names and files stay as they are. */
    public SafeMode safeMode() {
        return safeMode;
    }

    /** What the pages of the metadata on this node take, or will once they are on the disk. */
    public long metadataBytes() {
        return EngineConfiguration.allocatedBytes(view.engine());
    }

    /** Which backup of the metadata was the last one. */
    public BackupMemory backups() {
        return backups;
    }

    /** The repair work of the whole grid, as its nodes last said. */
    public RepairStatus repairTotals() {
        return loads.totals();
    }

    /** Leaves the grid. The data directory stays open: it is the caller's. */
    @Override
    public void close() {
        state.close();
        keeperThread.close();
        loadThread.close();
        lease.close();
        stopIgnite();
    }

    private void startIgnite() throws InterruptedException {
        GridAdmission admission =
                new GridAdmission(config.grid().name(), state::knownGridId, view::isNameTaken, nodes::isMajority, view);
        EngineFailure failure = new EngineFailure(
                () -> fail(unavailable("metadata engine failed")), () -> keeperThread.atOnce(view::reviveExpiry));
        IgniteEx ignite = starter.start(admission, failure);
        view.started(ignite);
        view.restExpiry();
        safeMode.attach(ignite);
        MetadataRoom.attach(ignite, nodes);
        ignite.events().localListen(this::onEvent, EngineConfiguration.EVENTS);
        peers.attach(ignite);
        nodes.refresh();
        loads.hello();
    }

    private void stopIgnite() {
        IgniteEx ignite = view.engine();
        view.detach();
        nodes.refresh();
        if (ignite != null) {
            EngineStarter.stop(ignite);
        }
    }

    private void keep() {
        try {
            if (aside.isDue()) {
                stepAside();
            }
            nodes.refresh();
            view.restExpiry();
            keeper.tick();
            movements.refresh();
            recovering.refresh();
            safeMode.refresh();
            endBalance();
            long settled = view.settledVersion();
            if (settled != lastSettled) {
                lastSettled = settled;
                peers.changed();
            }
            if (state.knowsItsMetadata(view) && !state.isActive() && view.active()) {
                identities.learn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (GridException e) {
            LOG.error("this node cannot stay in the grid: {}", e.getMessage());
            fail(e);
        } catch (RuntimeException e) {
            if (!state.isClosed()) {
                LOG.warn("look at the grid failed, will be repeated", e);
            }
        }
    }

    /** The first node by name ends what all have found to be done; another one does it where that node is lost. */
    private void endBalance() {
        String first = nodes.live().stream().map(GridNodeInfo::name).findFirst().orElse("");
        if (loads.isBalanced() && first.equals(config.nodeName())) {
            movements.endBalance(nodes.movement().balance());
        }
    }

    private void tellLoad() {
        try {
            loads.tick();
        } catch (RuntimeException e) {
            if (!state.isClosed()) {
                LOG.warn("load was not told, will be repeated", e);
            }
        }
    }

    /** Leaves an inactive grid to nodes that know more, and joins them. */
    private void stepAside() throws InterruptedException {
        LOG.info("stepping aside for nodes with later metadata, or that go on elsewhere: node={}", config.nodeName());
        Duration away = aside.begin();
        stopIgnite();
        Thread.sleep(away.toMillis());
        if (!state.isClosed()) {
            startIgnite();
        }
    }

    private boolean onEvent(Event event) {
        if (event.type() == EventType.EVT_NODE_SEGMENTED) {
            fail(unavailable("this node was cut off from the grid"));
            return true;
        }
        if (event instanceof NodeValidationFailedEvent refused) {
            aside.refused(refused);
            return true;
        }
        nodes.refresh();
        peers.changed();
        return true;
    }

    private void fail(GridException what) {
        if (state.failed(what)) {
            view.detach();
            state.tellFailure();
        }
    }

    private static GridException unavailable(String what) {
        return new GridException(ErrorCode.UNAVAILABLE, what);
    }
}

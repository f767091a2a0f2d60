package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Keepable;
import io.swarmgrid.storage.membership.NodeLoad;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.PaceTime;
import io.swarmgrid.storage.membership.Peers;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockCensus.LeftFiles;
import io.swarmgrid.storage.placement.Placement;
import io.swarmgrid.storage.replica.BlockTransfer;
import io.swarmgrid.storage.replica.NearKeeping;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every block at its number of copies. Thread-safe.
 *
 * <p>Every node is three things at once: keeper of the blocks whose record has its primary here (walks them, orders
 * copies, gives up surplus ones), maker of copies that keepers order, and sweeper of its own block directory. There is no
 * coordinator, and what is not finished when a node dies is found by the next walk of the next keeper.
 *
 * <p>Threads: {@code repair-keeper}, {@code repair-sweeper}, {@code repair-spread}, {@code repair-near}, {@code repair-scrub}, {@code
 * repair-hot}, and {@code repair-copy-N}, {@code repair.max-concurrent} of them.
 */
public final class Repair implements AutoCloseable {
    static final String TOPIC = "swarm.repair";

    private static final Logger LOG = LoggerFactory.getLogger(Repair.class);
    private static final long SHORTEST_PAUSE_MS = 100;
    private static final long SWEEP_MS = 1000;
    private static final long STOP_MS = 2000;
    private static final long AUDIT_NANOS = Duration.ofHours(1).toNanos();
    private static final long MIN_ORPHAN_NANOS = Duration.ofSeconds(1).toNanos();

    private final SwarmConfig config;
    private final Seams seams;
    private final CopyOrders orders;
    private final Witnesses witnesses;
    private final CopyDesk desk;
    private final Sweeper sweeper;
    private final StraySweep strays;
    private final NearDesk near;
    private final Hotspots hotspots;
    private final HotBlocks hot;
    private final Scrubber scrubber;
    private final CopyMeter meter = new CopyMeter(System::nanoTime);
    private final Semaphore wake = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    /** Nodes that the next walk is to ask for what is recorded of them; guarded by itself. */
    private final Set<String> toAudit = new HashSet<>();

    private volatile KeeperRound.Found found = KeeperRound.Found.NOTHING;
    private volatile boolean closed;

    /**
     * What repair works on.
     *
     * @param writerless has a visible file closed whose writer is dead; any thread, returns at once
     */
    public record Seams(
            BlockCensus census,
            Placement placement,
            Nodes nodes,
            Peers peers,
            BlockStore blocks,
            BlockTransfer transfer,
            NearKeeping near,
            Demand demand,
            TransferScheduler scheduler,
            LeftFiles writerless) {}

    public Repair(SwarmConfig config, Seams seams) {
        this(config, seams, PaceTime.SYSTEM);
    }

    /** @param time what the rates go by */
    Repair(SwarmConfig config, Seams seams, PaceTime time) {
        this.config = config;
        this.seams = seams;
        int atOnce = config.repair().maxConcurrent();
        Copies copies = new Copies();
        this.orders = new CopyOrders(seams.nodes(), seams.peers(), 2 * atOnce, System::nanoTime);
        this.witnesses = new Witnesses(seams.nodes(), seams.peers());
        CopyPace pace = new CopyPace(config.repair().rateLimit(), time);
        CopyPace spreading = new CopyPace(Optional.of(config.repair().spreadRate()), time);
        this.near = new NearDesk(seams, copies);
        this.hotspots = new Hotspots(seams, config.storage().cache());
        this.hot = new HotBlocks(config.storage().cache(), config.repair().interval(), time::nanos);
        CopyPace nearPace = new CopyPace(config.repair().rateLimit(), time);
        this.desk = new CopyDesk(seams, copies, witnesses, pace, spreading, new CopyDesk.Near(near, nearPace), meter);
        ScrubPlace place = ScrubPlace.open(config.node().data().resolve("scrub.json"));
        this.scrubber =
                new Scrubber(seams, copies, witnesses, config.storage().scrub(), place, Clock.systemUTC(), time);
        this.sweeper =
                new Sweeper(seams, copies, witnesses, desk, config.storage().orphanGrace(), Clock.systemUTC());
        this.strays = new StraySweep(seams, config.storage().orphanGrace(), Clock.systemUTC());
    }

    /** Begins to walk, copy and sweep. Once. */
    public synchronized void start() {
        if (closed || !threads.isEmpty()) {
            throw new IllegalStateException("repair was started or closed before");
        }
        seams.peers().receive(TOPIC, this::receive);
        seams.peers().onChange(this::wake);
        threads.add(thread("repair-keeper", this::keep));
        threads.add(thread("repair-sweeper", this::sweep));
        for (int i = 1; i <= config.repair().maxConcurrent(); i++) {
            threads.add(thread("repair-copy-" + i, desk::repairOne));
        }
        threads.add(thread("repair-spread", desk::spreadOne));
        threads.add(thread("repair-near", desk::nearOne));
        threads.add(thread("repair-scrub", scrubber::run));
        if (config.storage().cache().hotRate() > 0) {
            threads.add(thread("repair-hot", this::tellWhatIsRead));
        }
        threads.forEach(Thread::start);
        byte[] checkMe = new RepairMessage.CheckMe().encode();
        seams.nodes().live().forEach(node -> seams.peers().send(node.name(), TOPIC, checkMe));
    }

    /** What this node's own last walk found, and what it copied since it started. */
    public RepairStatus local() {
        RepairStatus last = found.work();
        return new RepairStatus(
                last.underReplicatedBlocks(),
                last.unavailableBlocks(),
                last.surplusReplicas(),
                last.pendingBytes(),
                last.movingBlocks(),
                last.movingBytes(),
                meter.blocks(),
                meter.bytes(),
                meter.bytesPerSecond(),
                null);
    }

    /** What the check of blocks at rest has found. */
    public ScrubCounts scrubbed() {
        return scrubber.counts();
    }

    /** How many of the blocks that this node is the keeper of are in demand, or were a moment ago. */
    public int hotBlocks() {
        return hot.count();
    }

    /** How many near copies this node has made of blocks in demand since it started. */
    public long hotCopies() {
        return desk.hotCopies();
    }

    /** What this node says of itself: its block store and {@link #local}. */
    public NodeLoad load() {
        BlockStore blocks = seams.blocks();
        return new NodeLoad(
                        blocks.usedBytes(),
                        blocks.capacityBytes(),
                        blocks.freeBytes(),
                        blocks.blocks(),
                        local(),
                        found.walked())
                .keeping(Arrays.stream(Medium.values())
                        .map(medium -> new Keepable(
                                medium,
                                seams.near().mostBytes(medium),
                                seams.near().leftBytes(medium)))
                        .filter(each -> each.mostBytes() > 0)
                        .toList());
    }

    /** Walks soon instead of when the interval has passed. */
    public void wake() {
        wake.release();
    }

    /** Stops at once; a copy under way is broken off. */
    @Override
    public synchronized void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(STOP_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() throws InterruptedException {
        long auditedNanos = System.nanoTime() - AUDIT_NANOS;
        while (!closed) {
            // What a node lacks is worked off first, so that it is not told again and again.
            boolean mayAudit = !sweeper.isBehind();
            boolean auditAll = mayAudit && System.nanoTime() - auditedNanos >= AUDIT_NANOS;
            Set<String> audited = mayAudit ? nodesToAudit(auditAll) : Set.of();
            boolean walked = false;
            try {
                walked = walk(audited);
            } finally {
                if (!walked) {
                    audit(audited);
                }
            }
            if (walked && auditAll) {
                auditedNanos = System.nanoTime();
            }
            Thread.sleep(SHORTEST_PAUSE_MS);
            long rest = Math.max(1, config.repair().interval().toMillis() - SHORTEST_PAUSE_MS);
            if (wake.tryAcquire(rest, TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        }
    }

    private boolean walk(Set<String> audited) throws InterruptedException {
        if (!mayChange()) {
            return false;
        }
        try {
            found = new KeeperRound(seams, orders, witnesses, hot, audited).run();
            return true;
        } catch (GridException e) {
            LOG.debug("walk broken off, will be repeated: {}", e.getMessage());
            return false;
        }
    }

    private void audit(Set<String> names) {
        synchronized (toAudit) {
            toAudit.addAll(names);
        }
    }

    /** While the metadata is made anew it does not name all that is wanted. */
    private boolean mayChange() {
        return seams.nodes().hasQuorum() && !seams.nodes().isRecovering();
    }

    private Set<String> nodesToAudit(boolean all) {
        Set<String> names;
        synchronized (toAudit) {
            names = Set.copyOf(toAudit);
            toAudit.clear();
        }
        return all ? seams.nodes().live().stream().map(GridNodeInfo::name).collect(Collectors.toSet()) : names;
    }

    private void sweep() throws InterruptedException {
        long orphanNanos = Math.max(
                MIN_ORPHAN_NANOS, config.storage().orphanGrace().dividedBy(4).toNanos());
        long orphansNanos = System.nanoTime() - orphanNanos;
        while (!closed) {
            try {
                if (mayChange()) {
                    sweeper.sweep();
                    near.sweepLost();
                    near.sweepReleased();
                    if (System.nanoTime() - orphansNanos >= orphanNanos) {
                        strays.sweep();
                        sweeper.sweepOrphans();
                        near.sweep();
                        orphansNanos = System.nanoTime();
                    }
                }
            } catch (GridException e) {
                LOG.debug("sweep broken off, will be repeated: {}", e.getMessage());
            }
            Thread.sleep(SWEEP_MS);
        }
    }

    private void tellWhatIsRead() throws InterruptedException {
        while (!closed) {
            hotspots.tell();
            Thread.sleep(config.repair().interval().toMillis());
        }
    }

    /** Runs on a thread of the engine: nothing here waits for anything. */
    private void receive(String from, byte[] bytes) {
        RepairMessage message = RepairMessage.decode(bytes);
        if (message instanceof RepairMessage.Order order) {
            desk.take(from, order.block(), order.urgency());
        } else if (message instanceof RepairMessage.Done done) {
            boolean last = orders.done(done.block(), from, done.outcome());
            if (last && done.outcome() == RepairMessage.Outcome.COPIED) {
                wake();
            }
        } else if (message instanceof RepairMessage.Audit audit) {
            List<Copy> absent = sweeper.absent(audit.copies());
            if (audit.question() != RepairMessage.Audit.NOBODY_WAITS || !absent.isEmpty()) {
                seams.peers().send(from, TOPIC, new RepairMessage.Missing(audit.question(), absent).encode());
            }
        } else if (message instanceof RepairMessage.Missing missing) {
            witnesses.answered(from, missing.question(), missing.copies());
            if (!sweeper.missing(from, missing.copies())) {
                audit(Set.of(from));
            }
        } else if (message instanceof RepairMessage.AuditNear audit) {
            List<Copy> absent = near.absent(audit);
            if (!absent.isEmpty()) {
                seams.peers().send(from, TOPIC, new RepairMessage.MissingNear(absent).encode());
            }
        } else if (message instanceof RepairMessage.MissingNear missing) {
            if (!sweeper.missingNear(from, missing.copies())) {
                audit(Set.of(from));
            }
        } else if (message instanceof RepairMessage.ReleaseNear release) {
            near.release(release.copies());
        } else if (message instanceof RepairMessage.Hot told) {
            hot.heard(from, told.rates());
        } else if (message instanceof RepairMessage.Discard discard) {
            discard.copies().forEach(sweeper::discard);
        } else {
            orders.startedAnew(from);
            audit(Set.of(from));
            wake();
        }
    }

    private interface Loop {
        void run() throws InterruptedException;
    }

    private Thread thread(String name, Loop loop) {
        Thread thread = new Thread(
                () -> {
                    while (!closed) {
                        try {
                            loop.run();
                        } catch (InterruptedException e) {
                            return;
                        } catch (RuntimeException e) {
                            if (!closed) {
                                LOG.error("{} failed, goes on", name, e);
                                pauseAfterFailure();
                            }
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        return thread;
    }

    private static void pauseAfterFailure() {
        try {
            Thread.sleep(SWEEP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.SafeModeStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.CachePeekMode;
import org.apache.ignite.lang.IgniteRunnable;
import org.apache.ignite.resources.IgniteInstanceResource;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * One row beside the grid's identity, a copy on every node, so that it outlives restarts. What counts is asked where a change is
 * carried out, on the primary of what it changes, from memory: so whoever turns it on has every node look at the row, and wait for
 * the changes that it let in before. After that there is nobody left who could still change something. A node that could not
 * be asked, or comes later, looks at the row by itself, before it takes calls and every few moments.
 */
/** Whether names and files stay as they are because an operator says so. Thread-safe. */
public final class SafeMode {
    private static final Logger LOG = LoggerFactory.getLogger(SafeMode.class);
    private static final String KEY = "safe_mode";
    private static final String LOCAL_KEY = "swarm.membership.safe_mode";
    private static final long TIMEOUT_MS = 5000;
    /** Longer than a change may take. */
    private static final Duration CHANGES_END = Duration.ofSeconds(20);

    private static final Duration NODES_LOOK = CHANGES_END.plusSeconds(10);

    private final EngineView view;
    private final LiveNodes nodes;
    private final Clock clock;
    private final ReadWriteLock changes = new ReentrantReadWriteLock();
    /** Counts the times that this node was told, or read where it counts; guarded by this. */
    private long told;

    private volatile boolean known;

    SafeMode(EngineView view, LiveNodes nodes, Clock clock) {
        this.view = view;
        this.nodes = nodes;
        this.clock = clock;
    }

    /** Makes it known to what is carried out on this node. */
    void attach(Ignite ignite) {
        ignite.cluster().nodeLocalMap().put(LOCAL_KEY, this);
    }

    /** That of the node whose engine it is; null where the engine stands alone. */
    public static @Nullable SafeMode of(Ignite ignite) {
        return ignite.cluster().nodeLocalMap().get(LOCAL_KEY) instanceof SafeMode found ? found : null;
    }

    /** As far as this node knows. */
    public SafeModeStatus status() {
        return nodes.safeMode();
    }

    /**
     * Carries out a change of names or files on this node.
     *
     * @throws GridException PRECONDITION_FAILED while it is on
     */
    public <T> T change(Supplier<T> change) {
        if (!known) {
            read(engine()); // a node that has just come
        }
        nodes.requireNoSafeMode(); // at once, also while those that were let in before are waited for
        changes.readLock().lock();
        try {
            nodes.requireNoSafeMode();
            return change.get();
        } finally {
            changes.readLock().unlock();
        }
    }

    /**
     * From its return on nothing changes names or files, through no node. Idempotent: who asked first is remembered.
     *
     * @throws GridException PRECONDITION_FAILED while the grid is being recovered or restored, NO_QUORUM; UNAVAILABLE where it is
     *     not known of every node that its changes have ended: to be asked again
     */
    public SafeModeStatus enter(String by) {
        nodes.requireChangeable();
        SafeModeStatus asked = new SafeModeStatus(true, clock.millis(), by);
        SafeModeStatus now = changed(before -> before.on() ? before : asked);
        askAll();
        LOG.info("the grid is in safe mode: by={}, since_ms={}", now.by(), now.sinceMs());
        return now;
    }

    /**
     * Takes changes again, on the other nodes within a moment where they could not be asked. Idempotent.
     *
     * @throws GridException NO_QUORUM, UNAVAILABLE
     */
    public SafeModeStatus leave(String by) {
        nodes.requireQuorum();
        SafeModeStatus now = changed(before -> SafeModeStatus.OFF);
        try {
            askAll();
        } catch (GridException e) {
            LOG.debug("not every node knows yet that it takes changes again: {}", e.getMessage());
        }
        LOG.info("the grid has left safe mode: by={}", by);
        return now;
    }

    /** Looks at this node's copy. Never waits. */
    void refresh() {
        Ignite ignite = view.engine();
        if (ignite == null || !view.active()) {
            return;
        }
        IgniteCache<String, byte[]> cache = ignite.cache(GridIdentity.CACHE);
        long before = told();
        byte[] row = cache == null ? null : cache.localPeek(KEY, CachePeekMode.PRIMARY, CachePeekMode.BACKUP);
        if (row != null) {
            seen(decode(row), before);
        }
    }

    private synchronized long told() {
        return told;
    }

    /** What was read here counts for less than what this node was told meanwhile. */
    private synchronized void seen(SafeModeStatus now, long before) {
        if (told == before) {
            nodes.safeMode(now);
        }
    }

    private synchronized void told(SafeModeStatus now) {
        told++;
        nodes.safeMode(now);
        known = true;
    }

    /** Reads it where it counts. */
    void read(Ignite ignite) {
        told(decode(ignite.<String, byte[]>cache(GridIdentity.CACHE).get(KEY)));
    }

    /** Makes this node know at once, and waits for the changes that it let in before. */
    private void look(Ignite ignite) {
        read(ignite);
        if (!nodes.safeMode().on()) {
            return; // and nobody asks whether anything has ended
        }
        boolean ended = false;
        try {
            ended = changes.writeLock().tryLock(CHANGES_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            throw new IllegalStateException("changes under way do not end: node="
                    + Attributes.name(ignite.cluster().localNode()));
        }
        changes.writeLock().unlock();
    }

    /** Has every node look; one that is still starting has let nothing in. */
    private static final class Look implements IgniteRunnable {
        private static final long serialVersionUID = 1L;

        @IgniteInstanceResource
        private transient @Nullable Ignite ignite;

        @Override
        public void run() {
            Ignite here = ignite;
            SafeMode there = here == null ? null : of(here);
            if (here != null && there != null) {
                there.look(here);
            }
        }
    }

    private void askAll() {
        Ignite ignite = engine();
        try {
            ignite.compute(ignite.cluster().forServers())
                    .withTimeout(NODES_LOOK.toMillis())
                    .broadcast(new Look());
        } catch (IgniteException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "it is written down, and not every node has said that its changes have ended: " + e.getMessage(),
                    null,
                    "ask again; nodes that are up know it within a second",
                    e);
        }
    }

    private SafeModeStatus changed(UnaryOperator<SafeModeStatus> change) {
        Ignite ignite = engine();
        SafeModeStatus after;
        try (Transaction transaction = ignite.transactions()
                .txStart(TransactionConcurrency.PESSIMISTIC, TransactionIsolation.REPEATABLE_READ, TIMEOUT_MS, 1)) {
            IgniteCache<String, byte[]> cache = ignite.cache(GridIdentity.CACHE);
            after = change.apply(decode(cache.get(KEY)));
            cache.put(KEY, Json.write(after));
            transaction.commit();
        } catch (IgniteException | javax.cache.CacheException | IllegalStateException e) {
            // Doing it again does no harm, so it need not be known whether this was applied.
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "the metadata did not take the safe mode: " + e.getMessage(), e);
        }
        told(after);
        return after;
    }

    private Ignite engine() {
        Ignite ignite = view.engine();
        if (ignite == null) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the metadata engine does not run");
        }
        return ignite;
    }

    private static SafeModeStatus decode(byte @Nullable [] row) {
        return row == null ? SafeModeStatus.OFF : Json.read(row, SafeModeStatus.class);
    }
}

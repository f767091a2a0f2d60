package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.CachePeekMode;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * One small record beside the grid's identity, a copy on every node, so that what was asked for outlives every restart and
 * nobody has to be asked for it. Changes are one transaction on its key; each node looks at its own copy every few moments,
 * without waiting for anybody: a copy that is behind for a moment costs nothing, since no copy of a block is given up but
 * in a transaction that sees enough others.
 */
/** Keeps and changes what operators asked to be moved. Thread-safe. */
public final class Movements {
    private static final Logger LOG = LoggerFactory.getLogger(Movements.class);
    private static final String KEY = "movement";
    private static final int MAX_DRAINING = 1024;
    private static final int DEFAULT_THRESHOLD_PERCENT = 5;
    private static final int MAX_THRESHOLD_PERCENT = 50;
    private static final long TIMEOUT_MS = 5000;

    private final EngineView view;
    private final LiveNodes nodes;
    private final int minReplicas;
    private final Clock clock;
    private final AtomicBoolean ending = new AtomicBoolean();

    Movements(EngineView view, LiveNodes nodes, int minReplicas, Clock clock) {
        this.view = view;
        this.nodes = nodes;
        this.minReplicas = minReplicas;
        this.clock = clock;
    }

    /** Looks at this node's copy. Never waits. */
    void refresh() {
        Ignite ignite = view.engine();
        if (ignite == null || !view.active()) {
            return;
        }
        IgniteCache<String, byte[]> cache = ignite.cache(GridIdentity.CACHE);
        byte[] stored = cache == null ? null : cache.localPeek(KEY, CachePeekMode.PRIMARY, CachePeekMode.BACKUP);
        if (stored != null) {
            try {
                nodes.moved(Json.read(stored, Movement.class));
            } catch (GridException e) {
                LOG.warn("what is to be moved cannot be read, a newer version may have written it: {}", e.getMessage());
            }
        }
    }

    /**
     * Makes a node give its blocks away, and take no new ones, until {@link #undrain}. Idempotent.
     *
     * @throws GridException NOT_FOUND where there is no such node, PRECONDITION_FAILED where too few nodes would be left
     *     to take blocks; the usual ones of a change
     */
    public void drain(String node) {
        nodes.requireQuorum();
        List<String> takers = nodes.voters().all().stream().sorted().toList();
        if (!takers.contains(node) && nodes.find(node).isEmpty()) {
            throw new GridException(
                    ErrorCode.NOT_FOUND, "no such node: " + node, null, "nodes: " + String.join(", ", takers), null);
        }
        Movement after = change(now -> now.draining().contains(node) ? now : drained(now, node, takers));
        LOG.info("node is to give its blocks away: node={}, draining={}", node, after.draining());
    }

    private Movement drained(Movement now, String node, List<String> takers) {
        List<String> left = takers.stream()
                .filter(name -> !name.equals(node) && !now.draining().contains(name) && !isWitness(name))
                .toList();
        if (left.isEmpty()) {
            throw refused(node, "it is the last node that takes blocks");
        }
        if (left.size() < minReplicas) {
            throw refused(
                    node,
                    "only " + String.join(", ", left) + " would be left to take blocks, storage.min-replicas="
                            + minReplicas);
        }
        if (now.draining().size() >= MAX_DRAINING) {
            throw refused(node, MAX_DRAINING + " nodes are being drained already");
        }
        List<String> draining = new ArrayList<>(now.draining());
        draining.add(node);
        return new Movement(draining, now.balance(), now.thresholdPercent());
    }

    /** One that is drained was left out before. */
    private boolean isWitness(String name) {
        return nodes.find(name).filter(GridNodeInfo::draining).isPresent();
    }

    private static GridException refused(String node, String why) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "cannot drain node " + node + ": " + why,
                null,
                "start another node first, or let one take blocks again: swarm grid undrain NODE",
                null);
    }

    /** Lets a node take blocks again. Idempotent; also for one that is not there. */
    public void undrain(String node) {
        change(now -> new Movement(
                now.draining().stream().filter(name -> !name.equals(node)).toList(),
                now.balance(),
                now.thresholdPercent()));
        LOG.info("node may take blocks: node={}", node);
    }

    /**
     * Begins to even out what the nodes hold; it ends by itself. One that is under way goes on, with this threshold.
     *
     * @param thresholdPercent how far apart two nodes may stay; null for the default
     * @throws GridException INVALID_ARGUMENT; the usual ones of a change
     */
    public void balance(@Nullable Integer thresholdPercent) {
        int threshold = thresholdPercent == null ? DEFAULT_THRESHOLD_PERCENT : thresholdPercent;
        if (threshold < 1 || threshold > MAX_THRESHOLD_PERCENT) {
            throw GridException.invalid(
                    "bad threshold_percent: " + threshold + ", expected 1 to " + MAX_THRESHOLD_PERCENT);
        }
        change(now ->
                new Movement(now.draining(), Math.max(now.balance() + 1, Math.max(1, clock.millis())), threshold));
    }

    /** Ends what {@link #balance} began, whichever that is. Idempotent. */
    public void stopBalance() {
        change(now -> new Movement(now.draining(), 0, 0));
    }

    /** Ends one evening-out, if it is still that one, on a thread of its own: whoever sees that it is over must not wait. */
    void endBalance(long balance) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        change(now -> now.balance() == balance ? new Movement(now.draining(), 0, 0) : now);
                        LOG.info("nodes are evened out: balance={}", balance);
                    } catch (GridException e) {
                        LOG.debug("evening-out not ended, will be repeated: {}", e.getMessage());
                    } finally {
                        ending.set(false);
                    }
                },
                "membership-balance-end");
        thread.setDaemon(true);
        thread.start();
    }

    private Movement change(UnaryOperator<Movement> change) {
        nodes.requireQuorum();
        Ignite ignite = view.engine();
        if (ignite == null) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the metadata engine does not run");
        }
        Movement after;
        try (Transaction transaction = ignite.transactions()
                .txStart(TransactionConcurrency.PESSIMISTIC, TransactionIsolation.REPEATABLE_READ, TIMEOUT_MS, 1)) {
            IgniteCache<String, byte[]> cache = ignite.cache(GridIdentity.CACHE);
            byte[] stored = cache.get(KEY);
            Movement before = stored == null ? Movement.NONE : Json.read(stored, Movement.class);
            after = change.apply(before);
            cache.put(KEY, Json.write(after));
            transaction.commit();
        } catch (IgniteException | javax.cache.CacheException | IllegalStateException e) {
            // Doing it again does no harm, so it need not be known whether this was applied.
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "the metadata did not take what is to be moved: " + e.getMessage(), e);
        }
        nodes.moved(after);
        return after;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.ignite.IgniteErrors.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCompute;

/**
 * Brings steps to the node where their keys are, and answers for their result: this node must see a majority before, and
 * again after where the topology changed meanwhile. Thread-safe.
 */
final class Runner {
    private static final List<String> CACHES = List.of(NamespaceCaches.DENTRIES);
    private static final Duration TIMEOUT = Transactions.TIMEOUT.multipliedBy(3);
    private static final int MAX_STALE_PAUSES = 40;
    private static final long STALE_PAUSE_NANOS = 250_000;

    private final Ignite ignite;
    private final Nodes nodes;
    private final IgniteCompute compute;
    private final OverQuota overQuota = new OverQuota();

    Runner(Ignite ignite, Nodes nodes) {
        this.ignite = ignite;
        this.nodes = nodes;
        this.compute = ignite.compute();
    }

    /** Runs a change on the primary of an id. */
    byte[] change(long home, Step step) {
        nodes.requireChangeable();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            try {
                return deciding(true, tables -> onPrimary(tables, home, step));
            } catch (QuotaShort e) {
                if (System.nanoTime() > deadline) {
                    throw new GridException(
                            ErrorCode.CONFLICT, "others kept taking what a quota allows: directory " + e.quota(), e);
                }
                allow(e);
            }
        }
    }

    /** @throws GridException QUOTA_EXCEEDED */
    private void allow(QuotaShort lacking) {
        AllowanceStep step = new AllowanceStep(lacking);
        byte[] answer = untilFresh(() -> deciding(true, tables -> onPrimary(tables, lacking.quota(), step)));
        AllowanceStep.Answer come = AllowanceStep.Answer.decode(answer);
        if (!come.allowed()) {
            throw overQuota.error(this, lacking, come);
        }
    }

    /** Runs a reading step where there is any copy of an id's partition, here if possible. */
    byte[] read(long home, Step step) {
        return deciding(false, tables -> tables.hasCopy(home) ? step.run(tables) : onPrimary(tables, home, step));
    }

    /** Runs a reading step on the primary of an id. */
    byte[] readPrimary(long home, Step step) {
        return deciding(false, tables -> onPrimary(tables, home, step));
    }

    /** Reads on this thread. */
    <R> R look(Function<Tables, R> reading) {
        return deciding(false, reading);
    }

    /** The name of the node that is the primary of an id now; empty where none is. */
    Optional<String> primary(long home) {
        return look(tables -> Optional.ofNullable(
                        ignite.affinity(NamespaceCaches.DENTRIES).mapPartitionToNode(tables.partition(home)))
                .map(node -> node.consistentId().toString()));
    }

    /** Reads in a transaction: what one that is being finished writes is seen as it will be. */
    <R> R lookSettled(Function<Tables, R> reading) {
        return deciding(false, tables -> tables.transactions().run(() -> reading.apply(tables)));
    }

    /** Changes something from this thread, in a transaction of its own. */
    <R> R changeHere(Function<Tables, R> change) {
        nodes.requireChangeable();
        return deciding(true, tables -> tables.changeFiles(() -> change.apply(tables)));
    }

    /** The same before all nodes have looked over what they have: by whoever does that. */
    <R> R mend(Function<Tables, R> change) {
        nodes.requireNotRecovering();
        return deciding(true, tables -> tables.charging().forced(() -> tables.changeFiles(() -> change.apply(tables))));
    }

    /** Whether names and files may be changed: not without a majority, in safe mode, or before all is whole. */
    boolean isChangeable() {
        return isMendable() && nodes.isLookedOver();
    }

    /** The same for whoever makes it whole. */
    boolean isMendable() {
        return nodes.hasQuorum() && !nodes.isRecovering() && !nodes.safeMode().on();
    }

    /** @throws GridException PRECONDITION_FAILED in safe mode */
    void requireNoSafeMode() {
        nodes.requireNoSafeMode();
    }

    /** The same also while the grid is being recovered: by whoever does that. */
    <R> R rebuild(Function<Tables, R> change) {
        return deciding(true, tables -> tables.charging()
                .forced(() -> tables.transactions().run(() -> change.apply(tables))));
    }

    /**
     * Repeats what looks something up and sends a step, as long as the look-up was stale when the step arrived: others
     * change the same, or are in the middle of it.
     */
    static <R> R untilFresh(Supplier<R> attempt) {
        long deadline = System.nanoTime() + Transactions.TIMEOUT.toNanos();
        for (int i = 0; ; i++) {
            try {
                return attempt.get();
            } catch (StaleException e) {
                if (System.nanoTime() > deadline) {
                    throw new GridException(ErrorCode.CONFLICT, "others kept changing the same: " + e.getMessage(), e);
                }
                LockSupport.parkNanos(Math.min(i, MAX_STALE_PAUSES) * STALE_PAUSE_NANOS);
            }
        }
    }

    private byte[] onPrimary(Tables tables, long home, Step step) {
        if (tables.isPrimary(home)) {
            return step.run(tables);
        }
        tables.requireThere(
                home); // of a call to nobody Ignite says that nodes left, and of a change nobody could say more
        return Step.open(compute.withTimeout(TIMEOUT.toMillis()).affinityCall(CACHES, tables.partition(home), step));
    }

    private <R> R deciding(boolean change, Function<Tables, R> work) {
        nodes.requireQuorum();
        long before = ignite.cluster().topologyVersion();
        R result;
        try {
            result = work.apply(Tables.of(ignite));
        } catch (GridException e) {
            if (e.kind() != ErrorKind.UNKNOWN) {
                nodes.requireStillIn(); // what was not found, or in the way, was read here, also by a change
            } // what may have been applied is not refused, whatever has become of this node
            throw e;
        } catch (StaleException e) {
            throw e;
        } catch (RuntimeException e) {
            if (IgniteErrors.verdict(e) == Verdict.UNAVAILABLE) {
                Tables.forget(ignite);
            }
            throw IgniteErrors.translate(e, change);
        }
        if (ignite.cluster().topologyVersion() != before) {
            confirm(change);
        }
        if (!change) {
            nodes.requireStillIn();
        }
        return result;
    }

    private void confirm(boolean change) {
        try {
            nodes.requireQuorum();
        } catch (GridException e) {
            throw change ? IgniteErrors.unknown(e) : e;
        }
    }
}

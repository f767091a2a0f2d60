package io.swarmgrid.storage.namespace.ignite;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.cache.Cache;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteTransactions;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.apache.ignite.lang.IgniteUuid;
import org.apache.ignite.transactions.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Counts inodes for quotas, within the transaction that changes them. What an inode counts for stands in its record, and in the same
 * partition each quota has a share that adds it up: so no change takes another partition, nor a row that others of the grid write, and
 * whatever happens the inodes say what is true. Thread-safe.
 */
final class Charging {
    private static final long PATIENCE_MS = 100;
    private static final ThreadLocal<Turn> TURN = new ThreadLocal<>();

    private final IgniteCache<QuotaKey, byte[]> rows;
    /** Whether the thread puts right what is so already: that is counted also where it is too much. */
    private final ThreadLocal<Boolean> mending = ThreadLocal.withInitial(() -> false);

    /** Whose changes count in a partition, one after the other: they all write the share there, and would undo each other's work. */
    private final Lock[] turns =
            Stream.generate(() -> new ReentrantLock(true)).limit(64).toArray(Lock[]::new);

    private final IgniteTransactions transactions;
    private final QuotaLooks looks = new QuotaLooks();

    /** Of a thread that changes something: it takes one where something counts, and keeps it until that is committed. */
    private static final class Turn {
        private @Nullable Lock taken;
        private @Nullable IgniteUuid transaction;
        /** By how much that has let shares grow so far. */
        private final Map<QuotaKey, Amount> grown = new HashMap<>();

        Amount grown(IgniteUuid by, QuotaKey key, Amount more) {
            if (!by.equals(transaction)) {
                transaction = by;
                grown.clear(); // what an attempt before it did is undone
            }
            return grown.merge(key, more, Amount::plus);
        }
    }

    Charging(IgniteCache<QuotaKey, byte[]> rows) {
        this.rows = rows;
        this.transactions = rows.unwrap(Ignite.class).transactions();
    }

    QuotaLooks looks() {
        return looks;
    }

    IgniteCache<QuotaKey, byte[]> rows() {
        return rows;
    }

    /** Runs a transaction, and again after conflicts, without those with others who count in the same partition by this node. */
    <R> R inTurn(Supplier<R> transaction) {
        if (TURN.get() != null) {
            return transaction.get();
        }
        Turn own = new Turn();
        TURN.set(own);
        try {
            return transaction.get();
        } finally {
            TURN.remove();
            if (own.taken != null) {
                own.taken.unlock();
            }
        }
    }

    /** No key is locked before the commit: so whoever waits here is waited for by nobody. Who waits too long goes on as well. */
    private void takeTurn(int partition) {
        Turn own = TURN.get();
        if (own == null || own.taken != null) {
            return;
        }
        Lock lock = turns[partition % turns.length];
        try {
            if (lock.tryLock(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                own.taken = lock;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs what is not refused for a quota. */
    <R> R forced(Supplier<R> body) {
        boolean before = mending.get();
        mending.set(true);
        try {
            return body.get();
        } finally {
            mending.set(before);
        }
    }

    /**
     * Counts a change.
     *
     * @param before as it was counted
     * @throws QuotaShort where the share of a quota does not allow it
     */
    void change(int partition, Charge before, Charge after) {
        if (before.quotas().isEmpty() && after.quotas().isEmpty()) {
            return;
        }
        Set<Long> quotas = new LinkedHashSet<>(before.quotas());
        quotas.addAll(after.quotas());
        for (long quota : quotas) {
            Amount grown = of(after, quota).minus(of(before, quota));
            if (!grown.isZero()) {
                grow(partition, quota, grown);
            }
        }
    }

    /** What an inode that goes counted for; of a directory also its own quota. */
    void gone(int partition, Charge before) {
        change(partition, before, Charge.NONE);
        if (before.own() != 0) {
            clear(before.own());
        }
    }

    private static Amount of(Charge charge, long quota) {
        return charge.quotas().contains(quota) ? charge.counted() : Amount.ZERO;
    }

    private void grow(int partition, long quota, Amount grown) {
        takeTurn(partition);
        QuotaKey key = QuotaKey.share(partition, quota);
        Amount all = allGrown(key, grown);
        Allowance share = share(key);
        if (share == null && grown.risen().isZero()) {
            return; // of a quota that is no more
        }
        Allowance before = share == null ? Allowance.NONE : share;
        Amount used = before.used().plus(grown);
        if (!mending.get()) {
            Amount over = used.minus(before.allowed());
            Amount lacking =
                    new Amount(grown.bytes() > 0 ? over.bytes() : 0, grown.entries() > 0 ? over.entries() : 0).risen();
            if (!lacking.isZero()) {
                // Of what was given back nothing is to be used again here where there is too much already.
                Amount wanted = before.tight() ? all.most(grown) : all;
                throw new QuotaShort(quota, partition, lacking, wanted.risen());
            }
        }
        rows.put(key, before.using(used).encode());
    }

    /** With what the same transaction has let the share grow by before: all of that has to fit. */
    private Amount allGrown(QuotaKey key, Amount grown) {
        Turn own = TURN.get();
        Transaction current = own == null ? null : transactions.tx();
        return own == null || current == null ? grown : own.grown(current.xid(), key, grown);
    }

    @Nullable
    Allowance share(QuotaKey key) {
        byte[] row = rows.get(key);
        return row == null ? null : Allowance.decode(row);
    }

    void share(QuotaKey key, Allowance share) {
        rows.put(key, share.encode());
    }

    @Nullable
    Quota quota(long id) {
        byte[] row = rows.get(QuotaKey.of(id));
        return row == null ? null : Quota.decode(row);
    }

    void quota(long id, Quota quota) {
        rows.put(QuotaKey.of(id), quota.encode());
    }

    /** The quotas of the grid by their identity. Has every node look through its rows. */
    Map<Long, Quota> all() {
        Map<Long, Quota> found = new HashMap<>();
        try (QueryCursor<Cache.Entry<QuotaKey, byte[]>> cursor =
                rows.query(new ScanQuery<QuotaKey, byte[]>((key, row) -> key.isQuota()))) {
            cursor.forEach(row -> found.put(row.getKey().quota(), Quota.decode(row.getValue())));
        }
        return found;
    }

    void drop(QuotaKey key) {
        rows.remove(key);
    }

    /** Nothing of it is left. */
    void forget(int partitions, long id) {
        Quota quota = quota(id);
        if (quota == null || !quota.isRetelling()) {
            QuotaKey.shares(partitions, id).forEach(rows::remove);
        }
        rows.remove(QuotaKey.of(id));
    }

    /** It limits nothing any more; what counts for it is told later. */
    void clear(long id) {
        Quota quota = quota(id);
        if (quota != null) {
            quota(id, quota.clearing());
        }
    }

    /**
     * Has all that is below a directory told what it counts for, whatever that is: by a quota that is not its own, for which nothing counts,
     * and which goes when that is done.
     *
     * @return what the directory is to be {@link Charge#settling} by
     */
    long retold(long directoryId) {
        long id = Ids.beside(directoryId);
        quota(id, Quota.retelling(directoryId));
        return id;
    }

    /** All shares of a quota that are there. */
    Map<QuotaKey, Allowance> shares(int partitions, long quota) {
        Map<QuotaKey, Allowance> shares = new HashMap<>();
        rows.getAll(Set.copyOf(QuotaKey.shares(partitions, quota)))
                .forEach((key, row) -> shares.put(key, Allowance.decode(row)));
        return shares;
    }

    static Amount used(Map<QuotaKey, Allowance> shares) {
        return shares.values().stream().map(Allowance::used).reduce(Amount.ZERO, Amount::plus);
    }
}

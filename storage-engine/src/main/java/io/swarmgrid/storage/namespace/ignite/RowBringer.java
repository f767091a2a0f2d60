package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.ReadRepairStrategy;
import org.apache.ignite.internal.processors.cache.distributed.near.consistency.IgniteIrreparableConsistencyViolationException;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;

/*
 * Ignite's read repair reads all copies of a row while it is locked, and writes what most of them have into each. It would also
 * remove the row where most lack it, and it takes the same value written by two changes for two values. So it is done in a
 * transaction of our own, which is committed only where the rows then are what was decided; what has been changed meanwhile is
 * not.
 */
/** Brings rows to the copies that lack them, or have something else. Confined to one thread. */
final class RowBringer {
    /** Locked at once, so that whoever wants to change one of them waits for a moment only. */
    private static final int ROWS_AT_ONCE = 64;

    private final Ignite ignite;
    private final PartitionCopies own;
    private final RowDigest digest = new RowDigest();

    RowBringer(Ignite ignite, PartitionCopies own) {
        this.ignite = ignite;
        this.own = own;
    }

    /**
     * A row that is to be the same everywhere.
     *
     * @param digest over the value that it is to have
     */
    record Won(RowKey key, long digest) {}

    /**
     * Returns those that it was not done with: they have been changed meanwhile, or Ignite sees no majority.
     *
     * @throws GridException where rows cannot be changed
     */
    List<Won> bring(String cacheName, List<Won> rows) {
        IgniteCache<Object, byte[]> cache = ignite.cache(cacheName);
        IgniteCache<Object, byte[]> repairing = cache.withReadRepair(ReadRepairStrategy.RELATIVE_MAJORITY);
        List<Won> refused = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += ROWS_AT_ONCE) {
            List<Won> some = rows.subList(from, Math.min(rows.size(), from + ROWS_AT_ONCE));
            if (!isDone(repairing, some)) {
                some.stream().filter(row -> !isDone(repairing, List.of(row))).forEach(refused::add);
            }
        }
        return refused;
    }

    /** All of them or none. */
    private boolean isDone(IgniteCache<Object, byte[]> cache, List<Won> rows) {
        Map<Object, Long> wanted = new LinkedHashMap<>(); // in the order in which anybody else brings them
        rows.forEach(row -> wanted.put(own.open(cache.getName(), row.key()), row.digest()));
        try (Transaction transaction = ignite.transactions()
                .txStart(
                        TransactionConcurrency.PESSIMISTIC,
                        TransactionIsolation.REPEATABLE_READ,
                        Transactions.TIMEOUT.toMillis(),
                        rows.size())) {
            Map<Object, byte[]> found = cache.getAll(wanted.keySet());
            boolean asWanted = wanted.entrySet().stream().allMatch(each -> {
                byte[] value = found.get(each.getKey());
                return value != null && digest.of(value) == each.getValue();
            });
            if (asWanted) {
                transaction.commit();
            }
            return asWanted;
        } catch (RuntimeException e) {
            if (isUndecided(e)) {
                return false;
            }
            throw IgniteErrors.translate(e, false);
        }
    }

    /** Whether Ignite sees no value that most copies have. */
    private static boolean isUndecided(Throwable error) {
        Throwable at = error;
        while (at != null && !(at instanceof IgniteIrreparableConsistencyViolationException)) {
            at = at.getCause();
        }
        return at != null;
    }
}

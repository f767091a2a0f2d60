package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.namespace.ignite.IgniteErrors.Verdict;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.ignite.IgniteTransactions;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;

/**
 * Runs bodies as optimistic serializable transactions, again after conflicts. Thread-safe.
 *
 * <p>A body must be fit to run again after its own commit: when a node is lost during a commit, the next run finds out what
 * became of it, since Ignite finishes the transactions of a topology before it starts those of the next.
 */
final class Transactions {
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final int EAGER_ATTEMPTS = 3;
    private static final int MAX_BACKOFF_MICROS = 20_000;
    private static final long TOPOLOGY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final IgniteTransactions transactions;

    Transactions(IgniteTransactions transactions) {
        this.transactions = transactions;
    }

    /**
     * @throws GridException what the body threw (then nothing was changed); CONFLICT, TIMEOUT, NO_QUORUM, UNAVAILABLE
     *     (nothing was changed); UNKNOWN_OUTCOME
     */
    <R> R run(Supplier<R> body) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        boolean doubtful = false;
        for (int attempt = 0; ; attempt++) {
            boolean committing = false;
            try (Transaction transaction = transactions.txStart(
                    TransactionConcurrency.OPTIMISTIC, TransactionIsolation.SERIALIZABLE, TIMEOUT.toMillis(), 0)) {
                R result = body.get();
                committing = true;
                transaction.commit();
                return result;
            } catch (GridException | StaleException e) {
                throw e;
            } catch (RuntimeException e) {
                Verdict verdict = IgniteErrors.verdict(e);
                doubtful |= committing && mayHaveApplied(verdict);
                boolean again = verdict == Verdict.CONFLICT || verdict == Verdict.TOPOLOGY;
                if (!again || System.nanoTime() > deadline) {
                    throw gaveUp(e, verdict, doubtful, attempt);
                }
                pause(verdict, attempt);
            }
        }
    }

    /** Of a commit. What is refused is so before anything is changed. */
    private static boolean mayHaveApplied(Verdict verdict) {
        return switch (verdict) {
            case CONFLICT, TIMEOUT, NO_QUORUM, LOST -> false;
            case TOPOLOGY, UNKNOWN, UNAVAILABLE, CANCELLED, INTERNAL -> true;
        };
    }

    /** @param doubtful whether any attempt may have changed something, whatever the last one came to */
    static GridException gaveUp(RuntimeException cause, Verdict verdict, boolean doubtful, int attempt) {
        if (doubtful) {
            return IgniteErrors.unknown(cause);
        }
        if (verdict == Verdict.CONFLICT) {
            return new GridException(
                    ErrorCode.CONFLICT,
                    "others kept changing the same: " + (attempt + 1) + " attempts in " + TIMEOUT.toSeconds() + " s",
                    cause);
        }
        return IgniteErrors.translate(cause, false);
    }

    private static void pause(Verdict verdict, int attempt) {
        if (verdict == Verdict.TOPOLOGY) {
            LockSupport.parkNanos(TOPOLOGY_PAUSE_NANOS);
        } else if (attempt >= EAGER_ATTEMPTS) {
            int bound = Math.min(MAX_BACKOFF_MICROS, 100 << Math.min(attempt, 10));
            LockSupport.parkNanos(
                    TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextInt(bound)));
        }
    }
}

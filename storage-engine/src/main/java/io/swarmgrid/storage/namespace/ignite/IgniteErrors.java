package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ignite.IgniteInterruptedException;
import org.apache.ignite.cluster.ClusterGroupEmptyException;
import org.apache.ignite.cluster.ClusterTopologyException;
import org.apache.ignite.compute.ComputeTaskTimeoutException;
import org.apache.ignite.internal.cluster.ClusterTopologyCheckedException;
import org.apache.ignite.internal.processors.cache.CacheInvalidStateException;
import org.apache.ignite.internal.processors.cache.CacheStoppedException;
import org.apache.ignite.transactions.TransactionHeuristicException;
import org.apache.ignite.transactions.TransactionOptimisticException;
import org.apache.ignite.transactions.TransactionRollbackException;
import org.apache.ignite.transactions.TransactionTimeoutException;
import org.jspecify.annotations.Nullable;

/** What Ignite's exceptions mean for whoever called. */
final class IgniteErrors {
    /** What became of the operation in which an exception was thrown. */
    enum Verdict {
        /** Not applied, since others changed the same: try again at once. */
        CONFLICT,
        /** A node left or partitions moved meanwhile: try again in the new topology. */
        TOPOLOGY,
        /** Rolled back after its time was up. */
        TIMEOUT,
        /** It may have been applied. */
        UNKNOWN,
        /** Too few nodes of the grid are here. */
        NO_QUORUM,
        /** The grid is not active, or this node stops. */
        UNAVAILABLE,
        /** All owners of a partition are away. */
        LOST,
        CANCELLED,
        /** Nothing that is expected. */
        INTERNAL
    }

    private static final int MAX_CAUSES = 32;
    private static final Pattern LOST_PART = Pattern.compile("cacheName=(\\w+), partition=(\\d+)");

    private IgniteErrors() {}

    static Verdict verdict(Throwable error) {
        Throwable at = error;
        for (int i = 0; at != null && i < MAX_CAUSES; i++) {
            Verdict verdict = verdictOf(at);
            if (verdict != null) {
                return verdict;
            }
            at = at.getCause();
        }
        return Verdict.INTERNAL;
    }

    private static @Nullable Verdict verdictOf(Throwable error) {
        if (error instanceof TransactionHeuristicException || error instanceof ComputeTaskTimeoutException) {
            return Verdict.UNKNOWN;
        }
        if (error instanceof TransactionOptimisticException) {
            return Verdict.CONFLICT;
        }
        if (error instanceof TransactionTimeoutException) {
            return Verdict.TIMEOUT;
        }
        if (error instanceof CacheInvalidStateException) {
            String text = text(error);
            return text.contains("topology is not valid")
                    ? Verdict.NO_QUORUM
                    : text.contains("has been lost") ? Verdict.LOST : Verdict.UNAVAILABLE;
        }
        if (error instanceof ClusterGroupEmptyException
                || error instanceof ClusterTopologyException
                || error instanceof ClusterTopologyCheckedException
                || error instanceof TransactionRollbackException) {
            return Verdict.TOPOLOGY;
        }
        if (error instanceof IgniteInterruptedException || error instanceof InterruptedException) {
            return Verdict.CANCELLED;
        }
        return unavailable(error) ? Verdict.UNAVAILABLE : null;
    }

    private static boolean unavailable(Throwable error) {
        String text = text(error);
        return error instanceof CacheStoppedException
                || error instanceof IllegalStateException
                || text.contains("inactive")
                || text.contains("read-only")
                || text.contains("node is stopping")
                || text.contains("grid is stopping");
    }

    private static String text(Throwable error) {
        String message = error.getMessage();
        return message == null ? "" : message.toLowerCase(Locale.ROOT);
    }

    /**
     * The exception for callers.
     *
     * @param mayHaveApplied whether something may have been changed when this happened
     */
    static GridException translate(RuntimeException error, boolean mayHaveApplied) {
        if (error instanceof GridException known) {
            return known;
        }
        Verdict verdict = verdict(error);
        return switch (verdict) {
            case CONFLICT -> new GridException(ErrorCode.CONFLICT, "others changed the same at the same time", error);
            case TIMEOUT -> new GridException(ErrorCode.TIMEOUT, "the metadata did not answer in time", error);
            case NO_QUORUM -> new GridException(ErrorCode.NO_QUORUM, "too few nodes are here to decide", error);
            case CANCELLED ->
                mayHaveApplied ? unknown(error) : new GridException(ErrorCode.CANCELLED, "interrupted", error);
            case UNAVAILABLE ->
                new GridException(
                        ErrorCode.UNAVAILABLE,
                        "the metadata cannot be used now: " + error.getMessage(),
                        null,
                        "the grid starts, stops, or waits for nodes: see grid status",
                        error);
            case LOST -> lost(lostPart(error), error);
            case TOPOLOGY, UNKNOWN ->
                mayHaveApplied
                        ? unknown(error)
                        : new GridException(ErrorCode.UNAVAILABLE, "nodes left the grid meanwhile", error);
            case INTERNAL ->
                mayHaveApplied
                        ? unknown(error)
                        : new GridException(ErrorCode.INTERNAL, "metadata failed: " + error, error);
        };
    }

    static GridException lost(String part, @Nullable Throwable cause) {
        return new GridException(
                ErrorCode.UNAVAILABLE,
                "a part of the metadata is on no node now: " + part,
                null,
                "it is back once its nodes are: see grid status",
                cause);
    }

    /** Which part it is, as Ignite says it somewhere in its message. */
    private static String lostPart(Throwable error) {
        Throwable at = error;
        for (int i = 0; at != null && i < MAX_CAUSES; i++) {
            Matcher named = LOST_PART.matcher(String.valueOf(at.getMessage()));
            if (named.find()) {
                return "partition " + named.group(2) + " of " + named.group(1);
            }
            at = at.getCause();
        }
        return String.valueOf(error.getMessage());
    }

    static GridException unknown(@Nullable Throwable cause) {
        return new GridException(
                ErrorCode.UNKNOWN_OUTCOME,
                "the change may have been applied",
                null,
                "repeat it with the same operation id",
                cause);
    }
}

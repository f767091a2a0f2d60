package io.swarmgrid.storage.mounted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.outer.OuterEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What became of changes that callers have named, so that one that is asked for again is told as done, and not done again. Outer stores
 * remember no such names: this node does, for an hour and the last ten thousand; another node does not know them. Thread-safe.
 */
final class OuterOutcomes {
    private static final int MAX_KNOWN = 10_000;
    private static final Duration KNOWN = Duration.ofHours(1);

    private final Cache<OperationId, Outcome> known;

    OuterOutcomes(LongSupplier nanos) {
        this.known = Caffeine.newBuilder()
                .maximumSize(MAX_KNOWN)
                .expireAfterWrite(KNOWN)
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Of a change that was begun.
     *
     * @param done whether it was; else it may have been, or may still be
     * @param left what it has left, where that is known
     * @param seen what was to be removed, where that is all it is about
     */
    private record Outcome(
            boolean done,
            @Nullable FileStatus left,
            @Nullable OuterEntry seen) {}

    /** Whether it was done. */
    boolean isDone(@Nullable OperationId operation) {
        Outcome outcome = of(operation);
        return outcome != null && outcome.done;
    }

    /** Whether it may have been done, and nobody knows. */
    boolean isOpen(@Nullable OperationId operation) {
        Outcome outcome = of(operation);
        return outcome != null && !outcome.done;
    }

    /** What one that was done has left. */
    Optional<FileStatus> left(@Nullable OperationId operation) {
        Outcome outcome = of(operation);
        return outcome == null ? Optional.empty() : Optional.ofNullable(outcome.left);
    }

    /** It was done, whoever still waits for that. */
    void done(@Nullable OperationId operation) {
        if (operation != null) {
            known.put(operation, new Outcome(true, null, null));
        }
    }

    /** The same, and this is what it has left. */
    void left(@Nullable OperationId operation, FileStatus status) {
        if (operation != null) {
            known.put(operation, new Outcome(true, status, null));
        }
    }

    /** It may have been done, with what was seen first. */
    void open(@Nullable OperationId operation, @Nullable OuterEntry seen) {
        if (operation != null) {
            known.asMap().putIfAbsent(operation, new Outcome(false, null, seen));
        }
    }

    /** What one that is open was about. */
    @Nullable
    OuterEntry seen(@Nullable OperationId operation) {
        Outcome outcome = of(operation);
        return outcome == null ? null : outcome.seen;
    }

    private @Nullable Outcome of(@Nullable OperationId operation) {
        return operation == null ? null : known.getIfPresent(operation);
    }
}

package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A block that is being allocated for later. It has one owner, who takes it or gives it up; what comes after he has gone is closed as it
 * comes, for a writer that nobody closes keeps its file, and its share of the disk and of the open writers.
 */
final class Allocation {
    /** How long somebody who needs the block waits for it before he has another one allocated. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CompletableFuture<EarlyBlock> block;
    private final Duration patience;
    private final GridPath target;

    private Allocation(CompletableFuture<EarlyBlock> block, Duration patience, GridPath target) {
        this.block = block;
        this.patience = patience;
        this.target = target;
    }

    static Allocation begin(Executor executor, Supplier<EarlyBlock> work, Duration patience, GridPath target) {
        return new Allocation(CompletableFuture.supplyAsync(work, executor), patience, target);
    }

    boolean isDone() {
        return block.isDone();
    }

    /** The block, which stays the allocation's; empty where it failed, or takes too long. */
    Optional<EarlyBlock> look() {
        try {
            return Optional.of(block.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while a block was allocated: put " + target, e);
        }
    }

    /** The block, which is the caller's from now on; empty where it failed, or takes too long. The allocation has ended then. */
    Optional<EarlyBlock> take() {
        Optional<EarlyBlock> taken = Optional.empty();
        try {
            taken = look();
            return taken;
        } finally {
            if (taken.isEmpty()) {
                CompletableFuture<EarlyBlock> unused = closed();
            }
        }
    }

    /** Ends it; waits, bounded, so that the record of the block is there before those of the file are given up. */
    void giveUp() {
        Seals.awaitQuietly(closed());
    }

    private CompletableFuture<EarlyBlock> closed() {
        return block.thenApply(early -> {
            early.close();
            return early;
        });
    }
}

package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockWriter;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The block of the run after the present one, allocated while there is still time. Confined to the writer's thread. */
final class NextBlock {
    private static final int WAIT_SECONDS = 30;

    private @Nullable Future<EarlyBlock> allocating;

    /** Begins to allocate it, unless that was begun before. */
    void allocate(ExecutorService executor, WriteJob job, long offset, boolean inPlace) {
        if (allocating == null) {
            allocating = executor.submit(() -> EarlyBlock.allocate(job, offset, inPlace));
        }
    }

    /** What is being allocated, which passes to the caller; null where nothing is. */
    @Nullable
    Future<EarlyBlock> take() {
        Future<EarlyBlock> taken = allocating;
        allocating = null;
        return taken;
    }

    /** The block as a caller who writes in place sees it, once it is there. */
    Optional<OpenBlock> shown(long offset, long lengthBytes) {
        Future<EarlyBlock> early = allocating;
        return early == null || !early.isDone() ? Optional.empty() : awaited(offset, lengthBytes);
    }

    /** The same, waited for: whoever has come to its beginning can go on no sooner. Empty where none is being allocated. */
    Optional<OpenBlock> awaited(long offset, long lengthBytes) {
        Future<EarlyBlock> early = allocating;
        if (early == null) {
            return Optional.empty();
        }
        try {
            BlockWriter writer = early.get(WAIT_SECONDS, TimeUnit.SECONDS).writer();
            return Optional.of(new OpenBlock(offset, offset + lengthBytes, writer == null ? null : writer.file()));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while a block was allocated", e);
        }
    }

    /** What was allocated and is not needed goes with the commit, or with the file. */
    void giveUp() {
        Future<EarlyBlock> early = take();
        if (early != null) {
            Seals.awaitQuietly(early).ifPresent(EarlyBlock::close);
        }
    }
}

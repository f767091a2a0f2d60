package io.swarmgrid.storage.file;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** The block of the run after the present one, allocated while there is still time. Confined to the writer's thread. */
final class NextBlock {
    private @Nullable Allocation allocation;

    /** Begins to allocate it, unless that was begun before. */
    void allocate(ExecutorService executor, WriteJob job, long offset, boolean inPlace) {
        if (allocation == null) {
            allocation = Allocation.begin(
                    executor,
                    () -> EarlyBlock.allocate(job, offset, inPlace),
                    Allocation.PATIENCE,
                    job.file().path());
        }
    }

    /** What is being allocated, which passes to the caller; null where nothing is. */
    @Nullable
    Allocation take() {
        Allocation taken = allocation;
        allocation = null;
        return taken;
    }

    /** The block as a caller who writes in place sees it, once it is there. */
    Optional<OpenBlock> shown(long offset, long lengthBytes) {
        Allocation early = allocation;
        return early == null || !early.isDone() ? Optional.empty() : awaited(offset, lengthBytes);
    }

    /** The same, waited for: whoever has come to its beginning can go on no sooner. Empty where none is being allocated. */
    Optional<OpenBlock> awaited(long offset, long lengthBytes) {
        Allocation early = allocation;
        return early == null
                ? Optional.empty()
                : early.look().map(block -> new OpenBlock(offset, offset + lengthBytes, block.file()));
    }

    /** What was allocated and is not needed goes with the commit, or with the file. */
    void giveUp() {
        Allocation early = take();
        if (early != null) {
            early.giveUp();
        }
    }
}

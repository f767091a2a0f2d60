package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.storage.block.BlockId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of one file that are being sealed while the next one is written. Confined to the writer's thread. */
final class Seals {
    private static final Logger LOG = LoggerFactory.getLogger(Seals.class);

    /** Each wait within is bounded by itself; this one is for the case that they add up. */
    private static final int SEAL_MINUTES = 10;

    private final ExecutorService sealers;
    private final GridPath target;
    private final Deque<Sealing> underWay = new ArrayDeque<>();
    private final List<BlockId> sealed = new ArrayList<>();

    private record Sealing(BlockRun run, Future<List<BlockId>> blocks) {}

    Seals(ExecutorService sealers, GridPath target) {
        this.sealers = sealers;
        this.target = target;
    }

    /** The file begins with these. */
    void before(List<BlockId> blocks) {
        sealed.addAll(blocks);
    }

    /** Begins to seal a run, which belongs to the sealing from now on. */
    void add(BlockRun run) {
        underWay.add(new Sealing(run, sealers.submit(run::seal)));
    }

    /** Up to where all nodes have what is under way; null where they have all of it. */
    @Nullable
    Long keptUpTo() {
        for (Sealing each : underWay) {
            long kept = each.run.keptUpTo();
            if (kept < each.run.takenUpTo()) {
                return kept;
            }
        }
        return null;
    }

    /** Waits until no more than so many are under way; the blocks of those that are done, in order. */
    List<BlockId> await(int left) {
        while (underWay.size() > left) {
            Sealing oldest = underWay.getFirst();
            try {
                sealed.addAll(oldest.blocks.get(SEAL_MINUTES, TimeUnit.MINUTES));
                underWay.removeFirst();
            } catch (ExecutionException e) {
                throw GridErrors.of(e);
            } catch (TimeoutException e) {
                throw new GridException(ErrorCode.TIMEOUT, "a block of " + target + " is not sealed yet", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GridException(ErrorCode.CANCELLED, "interrupted: put " + target, e);
            }
        }
        return List.copyOf(sealed);
    }

    /** Ends what is under way, and returns when it has ended. */
    void abort() {
        underWay.forEach(each -> each.run.abort());
        underWay.forEach(each -> awaitQuietly(each.blocks));
        underWay.clear();
    }

    /** Waits for the end of something whose outcome no longer matters; what came of it, where something did. */
    static <T> Optional<T> awaitQuietly(Future<T> ending) {
        try {
            return Optional.of(ending.get(1, TimeUnit.MINUTES));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("what was under way has ended: error={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }
}

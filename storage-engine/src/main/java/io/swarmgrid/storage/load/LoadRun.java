package io.swarmgrid.storage.load;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.LoadResult;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Loader;
import io.swarmgrid.storage.load.LoadFile.Piece;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.SizeText;
import io.swarmgrid.storage.run.SingleRun;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/*
 * What is near may go again while the rest is brought: a block is written, or others are read more. So a walk that brought something is
 * followed by another one, which finds all of it, or brings it once more; what the last walk could not bring is what is missing. Copies that
 * the run has seen or made do not go for those that it makes. There are never more of these than a tier takes: that is looked at first.
 */
/** One load. Walked by one thread; any thread asks for the result. */
final class LoadRun implements SingleRun.Run {
    private static final int WALKS = 3;
    private static final LoadTally.Missing NONE = new LoadTally.Missing(List.of(), 0, 0, 0);

    private final Asked asked;
    private final LoadWalk walk;
    private final Loader loader;
    private final Set<SealedBlock> stays = ConcurrentHashMap.newKeySet();
    private final LongAdder neededBlocks = new LongAdder();
    private final LongAdder neededBytes = new LongAdder();
    /** As what these count, each with what a near copy has beside its bytes, and none as less than the least. */
    private final LongAdder countedBytes = new LongAdder();

    private final LongAdder broughtBytes = new LongAdder();
    private volatile boolean stopped;
    private volatile String state = RecoverResult.RUNNING;
    private volatile String phase = "begins";
    private volatile @Nullable GridException failure;
    private volatile LoadTally looked = new LoadTally();
    private volatile LoadTally now = looked;

    /**
     * What it is.
     *
     * @param id of the run
     * @param node on which it runs
     */
    record Asked(String id, String node, GridPath path, Medium medium) {}

    LoadRun(Asked asked, LoadWalk walk, Loader loader) {
        this.asked = asked;
        this.walk = walk;
        this.loader = loader;
    }

    @Override
    public String id() {
        return asked.id;
    }

    @Override
    public String what() {
        return "load";
    }

    @Override
    public String asked() {
        return ", path=" + asked.path + ", tier=" + Keeping.name(asked.medium);
    }

    @Override
    public String outcome() {
        LoadResult end = result();
        return "state=" + state + ", phase=" + phase + ", blocks=" + end.blocks() + " of " + end.totalBlocks()
                + ", brought_bytes=" + end.broughtBytes() + ", missing_blocks=" + end.missingBlocks();
    }

    /** Ends it soon: blocks that are on their way still come. */
    void stop() {
        stopped = true;
    }

    @Override
    public void fail(String why) {
        fails(new GridException(ErrorCode.INTERNAL, why));
    }

    private void fails(GridException why) {
        failure = why;
        phase = String.valueOf(why.getMessage());
        state = RecoverResult.FAILED;
    }

    @Override
    public void run() {
        try {
            phase = "looks what is there";
            walk.walk(looked, this::look, () -> stopped);
            requireGoing();
            requireRoom();
            phase = "brings what is missing";
            for (int i = 1; i <= WALKS; i++) {
                LoadTally tally = new LoadTally();
                now = tally;
                walk.walk(tally, (file, piece) -> bring(tally, file, piece), () -> stopped);
                requireGoing();
                if (tally.broughtBlocks() == 0 && (tally.isWhole() || i > 1)) {
                    break;
                }
                phase = "looks again";
            }
            phase = "ended";
            state = RecoverResult.DONE;
        } catch (InterruptedException e) {
            fails(new GridException(ErrorCode.CANCELLED, "this node stops"));
        } catch (GridException e) {
            fails(e);
        }
    }

    private boolean look(FileStatus file, Piece piece) {
        if (piece.here()) {
            return true;
        }
        neededBlocks.increment();
        neededBytes.add(piece.copy().lengthBytes());
        countedBytes.add(loader.countsBytes(asked.medium, piece.copy().lengthBytes()));
        return isNear(piece);
    }

    private boolean isNear(Piece piece) {
        boolean near = loader.isNear(piece.copy(), asked.medium);
        if (near) {
            stays.add(piece.copy());
        }
        return near;
    }

    private boolean bring(LoadTally tally, FileStatus file, Piece piece) {
        if (piece.here() || isNear(piece)) {
            return true;
        }
        boolean near = false;
        stays.add(piece.copy());
        try {
            near = piece.bringing().bring(stays::contains) == Loader.Outcome.NEAR;
            if (near) {
                tally.brought(piece);
                broughtBytes.add(piece.sizeBytes());
            } else {
                tally.lacks(
                        file, piece, ErrorCode.NO_SPACE, "no room is left for it: blocks that are written come first");
            }
        } catch (GridException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            tally.lacks(file, piece, e.code(), String.valueOf(e.getMessage()));
        } finally {
            if (!near) {
                stays.remove(piece.copy());
            }
        }
        return near;
    }

    private void requireGoing() {
        if (stopped) {
            throw new GridException(
                    ErrorCode.CANCELLED,
                    "the load was stopped: " + SizeText.of(now.nearBytes()) + " of " + SizeText.of(looked.bytes())
                            + " had been found or brought: " + asked.path,
                    asked.path.toString(),
                    "what has come stays as long as nothing else needs the room",
                    null);
        }
    }

    private void requireRoom() {
        long counted = countedBytes.sum();
        long needed = neededBytes.sum();
        long room = loader.roomBytes(asked.medium);
        if (counted <= room) {
            return;
        }
        String tier = Keeping.name(asked.medium);
        String small = needed > room
                ? ""
                : " in " + neededBlocks.sum() + " blocks, which count as " + SizeText.of(counted)
                        + " (storage.cache.max-entries)";
        throw new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "load of " + SizeText.of(needed) + small + ", " + tier + " tiers of " + asked.node + " can take "
                        + SizeText.of(room) + " of near copies: " + asked.path,
                asked.path.toString(),
                "load less of it, or onto another tier (--tier) or node (--on);"
                        + " storage.cache.share says how much of each tier near copies may take",
                null);
    }

    LoadResult result() {
        String stateNow = state; // before the rest: what has ended does not change any more
        LoadTally tally = now;
        boolean done = stateNow.equals(RecoverResult.DONE);
        LoadTally all = done ? tally : looked;
        GridException why = failure;
        LoadTally.Missing missing = done ? tally.missing() : NONE;
        return new LoadResult(
                asked.id,
                stateNow,
                phase,
                why == null ? null : why.code().name(),
                why == null ? null : why.hint(),
                asked.node,
                asked.path.toString(),
                Keeping.name(asked.medium),
                tally.nearFiles(),
                all.files(),
                tally.nearBlocks(),
                all.blocks(),
                tally.nearBytes(),
                all.bytes(),
                broughtBytes.sum(),
                done && !tally.isLike(looked),
                missing.blocks(),
                missing.bytes(),
                missing.first(),
                missing.more());
    }
}

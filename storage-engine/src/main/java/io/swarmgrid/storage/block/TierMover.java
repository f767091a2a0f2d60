package io.swarmgrid.storage.block;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the upper tiers for what is read: what is not worth the room of its tier any more moves down, into the next tier of a slower
 * medium that has room and keeps what the block is to survive, so that there is always room above for what is written. Between disks of
 * one kind nothing moves. One thread, one block at a time. Thread-safe.
 */
final class TierMover implements Stays, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TierMover.class);

    /** Of a tier's capacity, for what is being written. */
    private static final double HEADROOM = 0.05;

    /** More than these are found again by looking at all. */
    private static final int MAX_WAITING = 1024;

    private static final long PAUSE_MS = 1000;
    private static final int PAUSES_BETWEEN_LOOKS = 10;
    private static final long JOIN_MS = 10_000;

    private final ConcurrentMap<BlockId, Slot> slots;
    private final SealedCopies copies;
    private final List<Tier> tiers;
    /** Of each tier that has one of a slower medium below it. */
    private final Map<Tier, Heat<BlockId>> heats = new LinkedHashMap<>();

    /** Blocks that stay where they are, and how many bytes of which tier they are. */
    private final ConcurrentMap<BlockId, Held> held = new ConcurrentHashMap<>();

    private final BlockingQueue<BlockId> cold = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicBoolean missed = new AtomicBoolean();
    private final LongAdder movedBlocks = new LongAdder();
    private final LongAdder movedBytes = new LongAdder();
    private volatile long stuckBlocks;
    private volatile boolean closed;
    private @Nullable Thread thread;

    private record Held(Tier tier, long bytes) {}

    /** @param tiers best first */
    TierMover(ConcurrentMap<BlockId, Slot> slots, SealedCopies copies, List<Tier> tiers) {
        this.slots = slots;
        this.copies = copies;
        this.tiers = List.copyOf(tiers);
        for (Tier tier : tiers) {
            if (tiers.stream().anyMatch(other -> other.isBelow(tier))) {
                heats.put(tier, new Heat<>(room(tier), 0, this::isCold));
            }
        }
    }

    /** Begins to move; nothing to do where there is one tier. */
    void start() {
        if (heats.isEmpty()) {
            return;
        }
        Thread started = new Thread(this::run, "tier-mover");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    /** A sealed block came into a tier. */
    void here(Slot.Sealed slot) {
        Heat<BlockId> heat = heats.get(slot.tier());
        if (heat != null) {
            heat.add(slot.block().id(), slot.diskBytes());
        }
    }

    /** Somebody reads it. */
    void touched(Slot.Sealed slot) {
        Heat<BlockId> heat = heats.get(slot.tier());
        if (heat != null) {
            heat.touch(slot.block().id());
        }
    }

    @Override
    public synchronized Asked ask(BlockId id, long epoch, Medium medium, Reserve share) {
        if (!(slots.get(id) instanceof Slot.Sealed slot)
                || slot.block().epoch() != epoch
                || slot.tier().medium().compareTo(medium) > 0) {
            return Asked.ELSEWHERE;
        }
        Tier tier = slot.tier();
        if (held.containsKey(id)) {
            return Asked.STAYS;
        }
        long most = share.bytesOf(tier.capacityBytes());
        if (!tier.space().promiseKept(slot.diskBytes(), most)) {
            held.keySet().stream().filter(each -> !isSealed(each)).forEach(this::letGoOf);
            if (!tier.space().promiseKept(slot.diskBytes(), most)) {
                return Asked.FULL;
            }
        }
        tier.space().blockKept(slot.diskBytes());
        held.put(id, new Held(tier, slot.diskBytes()));
        Heat<BlockId> heat = heats.get(tier);
        if (heat != null) {
            heat.forget(id);
        }
        if (!copies.isStill(slot)) { // deleted right now: whoever did so has looked before
            letGoOf(id);
            return Asked.ELSEWHERE;
        }
        return Asked.STAYS;
    }

    private boolean isSealed(BlockId id) {
        return slots.get(id) instanceof Slot.Sealed;
    }

    private void letGoOf(BlockId id) {
        boolean unused = letGo(id);
    }

    @Override
    public synchronized void end(BlockId id) {
        if (letGo(id) && slots.get(id) instanceof Slot.Sealed slot) {
            here(slot);
        }
    }

    @Override
    public boolean stays(BlockId id, Medium medium) {
        Held is = held.get(id);
        return is != null && isSealed(id) && is.tier().medium().compareTo(medium) <= 0;
    }

    @Override
    public List<StoredBlock> all() {
        List<StoredBlock> all = new ArrayList<>();
        for (BlockId id : held.keySet()) {
            if (slots.get(id) instanceof Slot.Sealed slot) {
                all.add(slot.block());
            }
        }
        return all;
    }

    private boolean letGo(BlockId id) {
        Held was = held.remove(id);
        if (was == null) {
            return false;
        }
        was.tier().space().blockNotKept(was.bytes());
        return true;
    }

    /** It is in no tier any more. */
    void gone(Slot.Sealed slot) {
        letGoOf(slot.block().id());
        Heat<BlockId> heat = heats.get(slot.tier());
        if (heat != null) {
            heat.forget(slot.block().id());
        }
    }

    TierMoves moves() {
        return new TierMoves(movedBlocks.sum(), movedBytes.sum(), stuckBlocks);
    }

    /** Moves what waits for it, and all else that is not worth its room. What the thread does, for tests. */
    void runOnce() {
        resize();
        missed.set(true);
        look();
    }

    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            try {
                running.join(JOIN_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void isCold(BlockId id) {
        if (!cold.offer(id)) {
            missed.set(true);
        }
    }

    private void run() {
        int pauses = 0;
        while (!closed) {
            try {
                BlockId id = cold.poll(PAUSE_MS, TimeUnit.MILLISECONDS);
                if (id != null) {
                    move(id);
                } else if (++pauses >= PAUSES_BETWEEN_LOOKS) {
                    pauses = 0;
                    resize();
                    look();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("blocks are moved between tiers later: problem={}", e.toString());
                missed.set(true);
            }
        }
    }

    /** Looks at all blocks where not all that are to move are known. */
    private void look() {
        for (BlockId id = cold.poll(); id != null; id = cold.poll()) {
            move(id);
        }
        if (!missed.getAndSet(false) && stuckBlocks == 0) {
            return;
        }
        long stuck = 0;
        for (BlockId id : slots.keySet()) {
            if (closed) {
                return;
            }
            stuck += move(id) ? 0 : 1;
        }
        stuckBlocks = stuck;
    }

    private void resize() {
        heats.forEach((tier, heat) -> heat.room(room(tier)));
    }

    /** @return false where it is to move, and cannot */
    private synchronized boolean move(BlockId id) {
        if (!(slots.get(id) instanceof Slot.Sealed slot)) {
            return true;
        }
        Heat<BlockId> heat = heats.get(slot.tier());
        if (heat == null || held.containsKey(id) || heat.isWorthIt(id)) {
            return true;
        }
        for (Tier target : tiers) {
            if (!target.isBelow(slot.tier())
                    || !target.takes(slot.block().durability())
                    || !target.promise(slot.diskBytes())) {
                continue;
            }
            try {
                Slot.Sealed moved = copies.move(slot, target);
                if (moved != null) {
                    here(moved);
                    movedBlocks.increment();
                    movedBytes.add(slot.block().lengthBytes());
                }
            } catch (GridException e) {
                LOG.warn(
                        "block was not moved to another tier: file={} to={} problem={}",
                        slot.block().path(),
                        target.directory(),
                        e.getMessage());
            }
            return true;
        }
        stuckBlocks = Math.max(1, stuckBlocks);
        missed.set(true);
        return false;
    }

    /** For blocks that stay. */
    private static long room(Tier tier) {
        TierSpace space = tier.space();
        long ours = space.heldBytes() - tier.quarantine().bytes() + tier.freeBytes();
        long others = space.keptInPlaceBytes() + space.wantedBytes();
        return Math.max(0, ours - others - (long) (HEADROOM * tier.capacityBytes()));
    }
}

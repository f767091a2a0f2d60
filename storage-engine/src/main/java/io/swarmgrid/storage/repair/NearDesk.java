package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * As with durable copies, the node that is to have one makes it, and records it once it is there. An end in between leaves one that is
 * not recorded: it is found by the keeper's next order, or, where nobody wants it any more, by the look at all that are kept here.
 */
/** Makes near copies that keepers order, and gives up those that are recorded no more. Thread-safe. */
final class NearDesk {
    private static final Logger LOG = LoggerFactory.getLogger(NearDesk.class);
    private static final int MAX_RELEASED = 65_536;
    private static final int PAGE = 500;

    private final Repair.Seams seams;
    private final Copies copies;
    private final BlockingQueue<Copy> released = new ArrayBlockingQueue<>(MAX_RELEASED);

    NearDesk(Repair.Seams seams, Copies copies) {
        this.seams = seams;
        this.copies = copies;
    }

    /**
     * Makes one, or finds it here, and records it.
     *
     * @param urgency of the order: keepers may ask for more at once than there is room for what is only in demand
     */
    boolean make(BlockRecord block, Urgency urgency) {
        Medium medium = block.keeping().near();
        if (medium == null || !copies.tryHold(block.id())) {
            return false;
        }
        try {
            if (urgency == Urgency.HOT && !hasRoomForDemand(block, medium)) {
                return false;
            }
            String own = seams.nodes().local().name();
            CallContext context = CallContext.background(own, "near-" + block.id());
            Keeper.Outcome outcome = seams.near().keep(context, block, medium);
            if (outcome != Keeper.Outcome.KEPT) {
                LOG.debug("near copy not kept: block={} medium={} outcome={}", block.id(), medium, outcome);
                return false;
            }
            boolean recorded =
                    seams.census().addHolder(block.fileId(), block.id(), Replica.near(own, block.epoch(), medium));
            if (!recorded) {
                seams.near().release(new Copy(block.fileId(), block.id(), block.epoch()));
            }
            return recorded;
        } catch (GridException e) {
            LOG.debug("near copy not recorded for now: block={}", block.id(), e);
            return false;
        } finally {
            copies.release(block.id());
        }
    }

    private boolean hasRoomForDemand(BlockRecord block, Medium medium) {
        return seams.near().isKept(block.sealed(), medium)
                || NearPlan.hasRoomForDemand(
                        seams.near().mostBytes(medium), seams.near().leftBytes(medium), block.lengthBytes());
    }

    /** Which of these are not kept here. Any thread; never waits. */
    List<Copy> absent(RepairMessage.AuditNear asked) {
        return asked.copies().stream()
                .filter(each -> !seams.near().isKept(each.sealed(), asked.medium()))
                .map(RepairMessage.Recorded::copy)
                .toList();
    }

    /** Notes some that are recorded no more. Any thread; what does not fit is found by the look at all. */
    void release(List<Copy> some) {
        for (Copy copy : some) {
            if (!released.offer(copy)) {
                LOG.debug("near copy is given up later: block={}", copy.block());
            }
        }
    }

    /** Has those forgotten that turned out bad, so that they are made again: nobody else knows of it. */
    void sweepLost() {
        String own = seams.nodes().local().name();
        for (Copy copy : seams.near().takeLost()) {
            try {
                seams.census().dropNear(copy.fileId(), copy.block(), own);
            } catch (GridException e) {
                LOG.debug("near copy is forgotten later, with what is recorded and not here: {}", copy.block(), e);
            }
        }
    }

    /** Gives up what was noted, unless it is recorded again. */
    void sweepReleased() {
        List<Copy> some = new ArrayList<>();
        while (released.drainTo(some, PAGE) > 0) {
            giveUp(some);
            some.clear();
        }
    }

    /** Looks at all that are kept here. */
    void sweep() {
        List<Copy> all = seams.near().all();
        for (int from = 0; from < all.size(); from += PAGE) {
            giveUp(all.subList(from, Math.min(all.size(), from + PAGE)));
        }
    }

    private void giveUp(Collection<Copy> some) {
        List<Copy> held =
                some.stream().filter(copy -> copies.tryHold(copy.block())).toList();
        try {
            String own = seams.nodes().local().name();
            seams.census().unnamedNear(own, held).forEach(seams.near()::release);
        } finally {
            held.forEach(copy -> copies.release(copy.block()));
        }
    }
}

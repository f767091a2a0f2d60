package io.swarmgrid.storage.repair;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.repair.RepairMessage.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/*
 * The node that is to hold a copy makes it: it knows whether it has room, it pulls at its own pace, and it alone can say
 * that the bytes lie verified on its disk. Only then is it recorded as a holder, so a reader is never sent to a copy that
 * is not there.
 */
/**
 * Takes orders for copies and works them off, {@code repair.max-concurrent} at once, and one more at {@code
 * repair.spread-rate} for blocks that are safe and only lie better here. Thread-safe.
 */
final class CopyDesk {
    private static final Logger LOG = LoggerFactory.getLogger(CopyDesk.class);
    private static final int MAX_QUEUED = 64;

    private static final long COMPLAINT_NANOS = 10_000_000_000L;

    private final Repair.Seams seams;
    private final Copies copies;
    private final Lane repairs;
    private final Lane spreading;
    private final CopyMeter meter;

    private final AtomicLong complainedNanos = new AtomicLong(System.nanoTime() - 2 * COMPLAINT_NANOS);

    private record Task(String keeper, BlockRecord block) {}

    /** Orders in a row, and how fast they may be worked off. */
    private record Lane(BlockingQueue<Task> queue, CopyPace pace) {
        static Lane at(CopyPace pace) {
            return new Lane(new ArrayBlockingQueue<>(MAX_QUEUED), pace);
        }

        Optional<Task> find(BlockRecord block) {
            return queue.stream()
                    .filter(task -> task.block().id().equals(block.id()))
                    .findAny();
        }
    }

    CopyDesk(Repair.Seams seams, Copies copies, CopyPace repairs, CopyPace spreading, CopyMeter meter) {
        this.seams = seams;
        this.copies = copies;
        this.repairs = Lane.at(repairs);
        this.spreading = Lane.at(spreading);
        this.meter = meter;
    }

    /** Puts an order into its queue, or answers that it is full. Does not block. */
    void take(String keeper, BlockRecord block, Urgency urgency) {
        Lane lane =
                switch (urgency) {
                    case LACKING, LEAVING -> repairs;
                    case SPREAD -> spreading;
                };
        Optional<Task> present = lane.find(block);
        // The block's former keeper gets the answer for it, and this one would wait for its own in vain.
        boolean taken = present.isPresent()
                ? present.get().keeper().equals(keeper)
                : lane.queue().offer(new Task(keeper, block));
        if (!taken) {
            answer(keeper, block, Outcome.BUSY);
        }
    }

    /** Waits for an order that is needed and works it off. */
    void repairOne() throws InterruptedException {
        workOne(repairs);
    }

    /** The same for one that is only better. */
    void spreadOne() throws InterruptedException {
        workOne(spreading);
    }

    private void workOne(Lane lane) throws InterruptedException {
        Task task = lane.queue().take();
        lane.pace().await(task.block().lengthBytes());
        answer(task.keeper(), task.block(), copy(task.block()) ? Outcome.COPIED : Outcome.FAILED);
    }

    /** Makes one copy and records it. */
    boolean copy(BlockRecord block) {
        if (!copies.tryHold(block.id())) {
            return false;
        }
        try {
            for (GridNodeInfo source : sources(block)) {
                Optional<Boolean> result = copy(block, source);
                if (result.isPresent()) {
                    return result.get();
                }
            }
            return false;
        } finally {
            copies.release(block.id());
        }
    }

    /** Empty where another source is worth a try. */
    private Optional<Boolean> copy(BlockRecord block, GridNodeInfo source) {
        String own = seams.nodes().local().name();
        try {
            CallContext context = CallContext.background(own, "repair-" + block.id());
            long bytes = seams.transfer().fetch(context, block, source);
            boolean recorded =
                    seams.census().addHolder(block.fileId(), block.id(), new Replica(own, block.epoch(), true));
            if (!recorded && bytes > 0) {
                seams.blocks().delete(block.id(), block.epoch());
            }
            if (recorded && bytes > 0) {
                meter.copied(bytes);
            }
            LOG.debug(
                    "block copied: block={}/{}, from={}, bytes={}, recorded={}",
                    block.id(),
                    block.epoch(),
                    source.name(),
                    bytes,
                    recorded);
            return Optional.of(recorded);
        } catch (GridException e) {
            complain(block, source, e);
            if (e.code() == ErrorCode.CORRUPT_DATA || e.code() == ErrorCode.NOT_FOUND) {
                giveUpBad(block, source.name());
                return Optional.empty();
            }
            boolean ofTheSource = e.code() == ErrorCode.UNAVAILABLE || e.code() == ErrorCode.TIMEOUT;
            return ofTheSource ? Optional.empty() : Optional.of(false);
        }
    }

    /** Says once in a while what goes wrong again and again, such as a full disk. */
    private void complain(BlockRecord block, GridNodeInfo source, GridException e) {
        long now = System.nanoTime();
        long last = complainedNanos.get();
        boolean due = now - last > COMPLAINT_NANOS && complainedNanos.compareAndSet(last, now);
        LOG.atLevel(due ? Level.WARN : Level.DEBUG)
                .log(
                        "block not copied: block={}/{}, from={}: {}",
                        block.id(),
                        block.epoch(),
                        source.name(),
                        e.getMessage());
    }

    /** A bad copy is no holder any more, unless it is the last: then its bytes are all there is. */
    private void giveUpBad(BlockRecord block, String holder) {
        Set<String> others = seams.nodes().live().stream()
                .map(GridNodeInfo::name)
                .filter(name -> !name.equals(holder))
                .collect(Collectors.toSet());
        try {
            boolean dropped = seams.census().dropHolder(block.fileId(), block.id(), holder, others, 1);
            LOG.warn("bad copy: block={}/{}, node={}, dropped={}", block.id(), block.epoch(), holder, dropped);
        } catch (GridException e) {
            LOG.warn(
                    "bad copy stays recorded for now: block={}/{}, node={}: {}",
                    block.id(),
                    block.epoch(),
                    holder,
                    e.getMessage());
        }
    }

    /** The live holders other than this node, in another order for every block. */
    private List<GridNodeInfo> sources(BlockRecord block) {
        String own = seams.nodes().local().name();
        List<GridNodeInfo> sources = new ArrayList<>();
        for (Replica holder : block.holders()) {
            if (holder.epoch() == block.epoch() && !holder.node().equals(own)) {
                seams.nodes().find(holder.node()).ifPresent(sources::add);
            }
        }
        if (!sources.isEmpty()) {
            Collections.rotate(sources, Math.floorMod(Long.hashCode(block.id().value()), sources.size()));
        }
        return sources;
    }

    private void answer(String keeper, BlockRecord block, Outcome outcome) {
        seams.peers().send(keeper, Repair.TOPIC, new RepairMessage.Done(block.id(), outcome).encode());
    }
}

package io.swarmgrid.storage.repair;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.repair.RepairMessage.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
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
 * repair.spread-rate} for blocks that are safe and only lie better here, and one near copy. Thread-safe.
 */
final class CopyDesk {
    private static final Logger LOG = LoggerFactory.getLogger(CopyDesk.class);
    private static final int MAX_QUEUED = 64;

    private static final long COMPLAINT_NANOS = 10_000_000_000L;

    private final Repair.Seams seams;
    private final Copies copies;
    private final Witnesses witnesses;
    private final Lane repairs;
    private final Lane spreading;
    private final Lane near;
    private final NearDesk nearDesk;
    private final CopyMeter meter;
    private final CopyReader reader;

    private final LongAdder hotCopies = new LongAdder();
    private final AtomicLong complainedNanos = new AtomicLong(System.nanoTime() - 2 * COMPLAINT_NANOS);

    /** Who makes near copies, and how fast. */
    record Near(NearDesk desk, CopyPace pace) {}

    private record Task(String keeper, BlockRecord block, Urgency urgency) {}

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

    CopyDesk(
            Repair.Seams seams,
            Copies copies,
            Witnesses witnesses,
            CopyPace repairs,
            CopyPace spreading,
            Near near,
            CopyMeter meter) {
        this.seams = seams;
        this.copies = copies;
        this.witnesses = witnesses;
        this.repairs = Lane.at(repairs);
        this.spreading = Lane.at(spreading);
        this.near = Lane.at(near.pace());
        this.nearDesk = near.desk();
        this.meter = meter;
        // How fast is up to the orders: what is only read counts as if it were copied.
        this.reader = new CopyReader(seams, bytes -> {}, bytes -> {});
    }

    /** Puts an order into its queue, or answers that it is full. Does not block. */
    void take(String keeper, BlockRecord block, Urgency urgency) {
        Lane lane =
                switch (urgency) {
                    case LACKING, LEAVING -> repairs;
                    case SPREAD -> spreading;
                    case NEAR, HOT -> near;
                };
        Optional<Task> present = lane.find(block);
        // The block's former keeper gets the answer for it, and this one would wait for its own in vain.
        boolean taken = present.isPresent()
                ? present.get().keeper().equals(keeper)
                : lane.queue().offer(new Task(keeper, block, urgency));
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

    /** The same for a near one. */
    void nearOne() throws InterruptedException {
        Task task = near.queue().take();
        near.pace().await(task.block().lengthBytes());
        boolean made = nearDesk.make(task.block(), task.urgency());
        if (made && task.urgency() == Urgency.HOT) {
            hotCopies.increment();
        }
        answer(task.keeper(), task.block(), made ? Outcome.COPIED : Outcome.FAILED);
    }

    /** How many near copies were made here of blocks in demand. */
    long hotCopies() {
        return hotCopies.sum();
    }

    private void workOne(Lane lane) throws InterruptedException {
        Task task = lane.queue().take();
        lane.pace().await(task.block().lengthBytes());
        answer(task.keeper(), task.block(), copy(task.block()) ? Outcome.COPIED : Outcome.FAILED);
    }

    /** Makes one copy, or finds that there is a good one here, and records it. */
    boolean copy(BlockRecord block) throws InterruptedException {
        if (!copies.tryHold(block.id())) {
            return false;
        }
        try {
            return switch (lookHere(block)) {
                case GOOD -> record(block).orElse(false);
                case UNTOLD -> false;
                case NONE -> copyFromOthers(block);
            };
        } finally {
            copies.release(block.id());
        }
    }

    /** Records the copy that is here, if it is good. */
    boolean recordHere(BlockRecord block) throws InterruptedException {
        if (!copies.tryHold(block.id())) {
            return false;
        }
        try {
            return lookHere(block) == Here.GOOD && record(block).orElse(false);
        } finally {
            copies.release(block.id());
        }
    }

    /** What there is of a block on this node. */
    private enum Here {
        GOOD,
        /** Or one that is bad and given up: fetching the block puts it aside. */
        NONE,
        UNTOLD
    }

    /**
     * A copy that is here was given up once, and why is not known any more: surplus, or bad. So it counts only once it was
     * read. One that is bad may be recorded by now, and is in the way as long as it is.
     */
    private Here lookHere(BlockRecord block) throws InterruptedException {
        String own = seams.nodes().local().name();
        Optional<StoredBlock> stored =
                seams.blocks().find(block.id()).filter(here -> here.sealed() && here.epoch() == block.epoch());
        if (stored.isEmpty()) {
            return Here.NONE;
        }
        boolean same = stored.get().lengthBytes() == block.lengthBytes()
                && stored.get().crc32c() == block.crc32c();
        try {
            if (same) {
                reader.read("recheck", stored.get());
                return Here.GOOD;
            }
        } catch (GridException e) {
            complain(block, own, e);
            if (e.code() != ErrorCode.CORRUPT_DATA && e.code() != ErrorCode.NOT_FOUND) {
                return Here.UNTOLD;
            }
        }
        return giveUpBad(block, own) ? Here.NONE : Here.UNTOLD;
    }

    /** What became of one source. */
    private enum Fetched {
        HERE,
        NOT_FROM_THERE,
        NOT_BY_THIS_NODE
    }

    private boolean copyFromOthers(BlockRecord block) throws InterruptedException {
        Fetched last = Fetched.NOT_FROM_THERE;
        Iterator<GridNodeInfo> sources = sources(block).iterator();
        while (last == Fetched.NOT_FROM_THERE && sources.hasNext()) {
            last = fetch(block, sources.next());
        }
        if (last != Fetched.HERE) {
            return false;
        }
        Optional<Boolean> recorded = record(block);
        if (recorded.equals(Optional.of(true))) {
            meter.copied(block.lengthBytes());
        } else if (recorded.isPresent()) {
            seams.blocks().delete(block.id(), block.epoch());
        }
        return recorded.orElse(false);
    }

    private Fetched fetch(BlockRecord block, GridNodeInfo source) throws InterruptedException {
        try {
            CallContext context = CallContext.background(seams.nodes().local().name(), "repair-" + block.id());
            long bytes = seams.transfer().fetch(context, block, source);
            LOG.debug("block copied: block={}/{}, from={}, bytes={}", block.id(), block.epoch(), source.name(), bytes);
            return Fetched.HERE;
        } catch (GridException e) {
            complain(block, source.name(), e);
            if (e.code() == ErrorCode.CORRUPT_DATA || e.code() == ErrorCode.NOT_FOUND) {
                giveUpBad(block, source.name());
                return Fetched.NOT_FROM_THERE;
            }
            boolean ofThisNode = e.code() == ErrorCode.NO_SPACE || e.code() == ErrorCode.CANCELLED;
            return ofThisNode ? Fetched.NOT_BY_THIS_NODE : Fetched.NOT_FROM_THERE;
        }
    }

    /** Empty where it is not known whether the copy is wanted: it stays, and is found by the next order, or as an orphan. */
    private Optional<Boolean> record(BlockRecord block) {
        String own = seams.nodes().local().name();
        try {
            Replica copy = new Replica(own, block.epoch());
            return Optional.of(seams.census().addHolder(block.fileId(), block.id(), copy));
        } catch (GridException e) {
            complain(block, own, e);
            return Optional.empty();
        }
    }

    /** Says once in a while what goes wrong again and again, such as a full disk. */
    private void complain(BlockRecord block, String source, GridException e) {
        long now = System.nanoTime();
        long last = complainedNanos.get();
        boolean due = now - last > COMPLAINT_NANOS && complainedNanos.compareAndSet(last, now);
        LOG.atLevel(due ? Level.WARN : Level.DEBUG)
                .log("block not copied: block={}/{}, from={}: {}", block.id(), block.epoch(), source, e.getMessage());
    }

    /** A bad copy is no holder any more where another node has one: else its bytes may be all there is. */
    private boolean giveUpBad(BlockRecord block, String holder) throws InterruptedException {
        List<String> others = block.currentHolders().stream()
                .filter(name -> !name.equals(holder))
                .toList();
        Set<String> having = witnesses.ask(RepairMessage.Recorded.of(block), others);
        try {
            boolean dropped = seams.census().dropHolder(block.fileId(), block.id(), holder, having, 1);
            LOG.warn("bad copy: block={}/{}, node={}, dropped={}", block.id(), block.epoch(), holder, dropped);
            return dropped;
        } catch (GridException e) {
            LOG.warn(
                    "bad copy stays recorded for now: block={}/{}, node={}: {}",
                    block.id(),
                    block.epoch(),
                    holder,
                    e.getMessage());
            return false;
        }
    }

    /** The live holders other than this node, in another order for every block. */
    private List<GridNodeInfo> sources(BlockRecord block) {
        String own = seams.nodes().local().name();
        List<GridNodeInfo> sources = new ArrayList<>();
        for (Replica holder : block.holders()) {
            if (holder.durable()
                    && holder.epoch() == block.epoch()
                    && !holder.node().equals(own)) {
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

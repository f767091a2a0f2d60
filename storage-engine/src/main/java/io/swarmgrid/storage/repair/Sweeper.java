package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockCensus.Unnamed;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.repair.RepairMessage.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Nothing here is in a hurry, and nothing is deleted on a guess. A node deletes its own copies alone, each when the metadata, read
 * at its primary while no order for the same block can run here, does not name it: an order that came in between has found
 * the copy good and recorded it. And as long as there is the block, the holders that it names have to say that they have theirs: one
 * that was away may come back to where the rest is down, or has lost what it had, with the last copy there is. An orphan, of which nobody has said that it is to go, has to be older than
 * storage.orphan-grace, too, which is longer than any lease: a block that is just being written is not yet known to everybody.
 */
/** Takes back the room of what nobody can reach any more. Confined to one thread, but for what says otherwise. */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int MAX_DISCARDS = 65_536;
    private static final int MAX_LOST = 8192;
    private static final int MAX_FAILURES = 10;
    private static final int PAGE = 500;
    private static final int MAX_ONLY = 8192;
    private static final int ONLY_A_SWEEP = 256;
    private static final long ONLY_BYTES_A_SWEEP = 256L << 20;

    private final Repair.Seams seams;
    private final Copies copies;
    private final Witnesses witnesses;
    private final CopyDesk desk;
    private final Duration orphanGrace;
    private final Clock clock;
    private final BlockingQueue<Copy> discards = new ArrayBlockingQueue<>(MAX_DISCARDS);
    private final BlockingQueue<Lost> lost = new ArrayBlockingQueue<>(MAX_LOST);
    /** Of the discards, those that are being carried out. */
    private final List<Copy> page = new ArrayList<>();

    private int failures;
    /** Copies of this node that are not recorded, and nobody who is has one. */
    private final Map<BlockId, BlockRecord> only = new LinkedHashMap<>();

    private record Lost(String node, Copy copy, boolean near) {}

    Sweeper(Repair.Seams seams, Copies copies, Witnesses witnesses, CopyDesk desk, Duration orphanGrace, Clock clock) {
        this.seams = seams;
        this.copies = copies;
        this.witnesses = witnesses;
        this.desk = desk;
        this.orphanGrace = orphanGrace;
        this.clock = clock;
    }

    /** Notes a copy of this node that is no longer recorded. Any thread; what does not fit is found as an orphan later. */
    void discard(Copy copy) {
        if (!discards.offer(copy)) {
            LOG.debug("discard put off: block={}", copy.block());
        }
    }

    /**
     * Notes that a node does not have copies as they are recorded. Any thread.
     *
     * @return whether all of them: else another audit is to say the rest again, once these have been worked off
     */
    boolean missing(String node, List<Copy> absent) {
        return missing(node, absent, false);
    }

    /** The same of near copies. */
    boolean missingNear(String node, List<Copy> absent) {
        return missing(node, absent, true);
    }

    private boolean missing(String node, List<Copy> absent, boolean near) {
        boolean all = true;
        for (Copy copy : absent) {
            all &= lost.offer(new Lost(node, copy, near));
        }
        return all;
    }

    /** Whether there are copies that are missing and still recorded. Any thread. */
    boolean isBehind() {
        return !lost.isEmpty();
    }

    /**
     * Which of these this node does not have as they are recorded. A copy whose end never reached the disk, before the power
     * went, is whole by what lies beside it, and shorter than the block. Any thread.
     */
    List<Copy> absent(List<Recorded> asked) {
        return asked.stream().filter(this::isAbsent).map(Recorded::copy).toList();
    }

    private boolean isAbsent(Recorded asked) {
        Optional<StoredBlock> here = seams.blocks()
                .find(asked.copy().block())
                .filter(stored ->
                        stored.sealed() && stored.epoch() == asked.copy().epoch());
        if (here.isEmpty()) {
            return true;
        }
        StoredBlock stored = here.get();
        boolean other = stored.lengthBytes() != asked.lengthBytes() || stored.crc32c() != asked.crc32c();
        if (other) {
            LOG.warn(
                    "copy is not what the metadata says: block={}/{}, length_bytes={} of {}, file={}",
                    stored.id(),
                    stored.epoch(),
                    stored.lengthBytes(),
                    asked.lengthBytes(),
                    stored.path());
        }
        return other;
    }

    /** Does what was noted, and takes back what the metadata gives up. */
    void sweep() throws InterruptedException {
        forgetLost();
        Set<String> live = seams.nodes().live().stream().map(GridNodeInfo::name).collect(Collectors.toSet());
        Discards reclaimed = new Discards(seams.peers());
        try {
            seams.census().reclaim(live, block -> reclaimed(block, reclaimed), seams.writerless());
        } finally {
            reclaimed.send();
        }
        carryOutDiscards();
        recordOnly();
    }

    /** A page is tried again where the metadata could not be asked; what stays after that is an orphan like others. */
    private void carryOutDiscards() throws InterruptedException {
        while (!seams.nodes().keepsAll() && (!page.isEmpty() || discards.drainTo(page, PAGE) > 0)) {
            try {
                deleteDead(page.stream().flatMap(copy -> here(copy).stream()).toList());
                failures = 0;
            } catch (GridException e) {
                failures++;
                if (failures < MAX_FAILURES) {
                    throw e;
                }
                LOG.debug("discards given up: blocks={}", page.size(), e);
            }
            page.clear();
        }
    }

    /** What is here of a copy that is to go: of the same epoch, or of an older one that this node did not take part in. */
    private Optional<Copy> here(Copy copy) {
        return seams.blocks()
                .find(copy.block())
                .filter(stored -> stored.epoch() <= copy.epoch())
                .map(stored -> new Copy(copy.fileId(), copy.block(), stored.epoch()));
    }

    /**
     * Deletes this node's orphans.
     *
     * @return how many
     */
    int sweepOrphans() throws InterruptedException {
        String own = seams.nodes().local().name();
        List<StoredBlock> old = new ArrayList<>();
        Instant limit = clock.instant().minus(orphanGrace);
        for (StoredBlock block : seams.blocks().list()) {
            if (isOlder(block.path(), limit) || isWithoutFile(block)) {
                old.add(block);
            }
        }
        int deleted = 0;
        for (int from = 0; from < old.size(); from += PAGE) {
            List<StoredBlock> some = old.subList(from, Math.min(old.size(), from + PAGE));
            deleted += deleteDead(
                    seams.census().unnamed(own, some.stream().map(Sweeper::copy).toList()).stream()
                            .map(Unnamed::copy)
                            .toList());
        }
        if (deleted > 0) {
            LOG.info("orphans deleted: node={}, blocks={}", own, deleted);
        }
        return deleted;
    }

    /**
     * Deletes those that nobody wants, while nobody can find them good again here: the block is gone, or others have it.
     *
     * @return how many
     */
    private int deleteDead(Collection<Copy> found) throws InterruptedException {
        if (seams.nodes().keepsAll()) {
            return 0; // what nobody names now may be named again in a moment
        }
        List<Copy> held =
                found.stream().filter(copy -> copies.tryHold(copy.block())).toList();
        try {
            List<Unnamed> unnamed = seams.census().unnamed(seams.nodes().local().name(), held);
            Map<BlockId, Set<String>> having = witnesses.ask(holders(unnamed));
            int deleted = 0;
            for (Unnamed each : unnamed) {
                Copy copy = each.copy();
                int others = having.getOrDefault(copy.block(), Set.of()).size();
                if (each.block().isEmpty() || others >= enough(each.block().get())) {
                    deleted += seams.blocks().delete(copy.block(), copy.epoch()) ? 1 : 0;
                } else if (others == 0 && only.size() < MAX_ONLY) {
                    only.put(copy.block(), each.block().get());
                }
            }
            return deleted;
        } finally {
            held.forEach(copy -> copies.release(copy.block()));
        }
    }

    private static Map<String, List<Recorded>> holders(List<Unnamed> copies) {
        Map<String, List<Recorded>> recorded = new HashMap<>();
        copies.stream().flatMap(each -> each.block().stream()).forEach(block -> block.currentHolders()
                .forEach(holder -> recorded.computeIfAbsent(holder, name -> new ArrayList<>())
                        .add(Recorded.of(block))));
        return recorded;
    }

    /** How many others are to have it: as many as are wanted, or as repair has come to; one at least. */
    private static int enough(BlockRecord block) {
        return Math.max(1, Math.min(block.replication(), block.currentHolders().size()));
    }

    /** Records some of the copies that nobody else has, so that they can be read, and be copied from. */
    private void recordOnly() throws InterruptedException {
        Iterator<BlockRecord> each = only.values().iterator();
        long bytes = 0;
        for (int i = 0; i < ONLY_A_SWEEP && bytes < ONLY_BYTES_A_SWEEP && each.hasNext(); i++) {
            BlockRecord block = each.next();
            each.remove();
            bytes += block.lengthBytes();
            boolean recorded = desk.recordHere(block);
            LOG.warn("copy that no other node has: block={}/{}, recorded={}", block.id(), block.epoch(), recorded);
        }
    }

    /** Ends at the first that the metadata cannot take: it comes again after the others. */
    private void forgetLost() {
        Lost copy = lost.peek();
        while (copy != null) {
            boolean forgotten = false;
            try {
                forget(copy);
                forgotten = true;
            } catch (GridException e) {
                LOG.debug(
                        "copy is missing, and stays recorded for now: block={}",
                        copy.copy().block(),
                        e);
            }
            lost.remove();
            if (!forgotten && lost.offer(copy)) {
                return;
            }
            copy = lost.peek();
        }
    }

    private void forget(Lost copy) {
        if (copy.near()) {
            seams.census().dropNear(copy.copy().fileId(), copy.copy().block(), copy.node());
            return;
        }
        Set<String> others = seams.nodes().live().stream()
                .map(GridNodeInfo::name)
                .filter(name -> !name.equals(copy.node()))
                .collect(Collectors.toSet());
        boolean dropped =
                seams.census().dropHolder(copy.copy().fileId(), copy.copy().block(), copy.node(), others, 1);
        LOG.warn(
                "copy is not where, or not as, it was recorded: block={}, node={}, dropped={}",
                copy.copy().block(),
                copy.node(),
                dropped);
    }

    private static void reclaimed(BlockRecord block, Discards discards) {
        for (Replica holder : block.holders()) {
            Copy copy = new Copy(block.fileId(), block.id(), holder.epoch());
            if (holder.durable()) {
                discards.add(holder.node(), copy);
            }
            if (holder.near() != null) {
                discards.addNear(holder.node(), copy);
            }
        }
    }

    private static Copy copy(StoredBlock block) {
        return new Copy(block.home().inodeId(), block.id(), block.epoch());
    }

    /** Its file was taken away behind this node's back: what lies beside it would stay for ever. Not moved, sealed or deleted. */
    private boolean isWithoutFile(StoredBlock block) {
        return Files.notExists(block.path()) && seams.blocks().find(block.id()).equals(Optional.of(block));
    }

    static boolean isOlder(Path file, Instant limit) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(limit);
        } catch (IOException e) {
            // It was deleted or sealed meanwhile: not ours to judge now.
            return false;
        }
    }
}

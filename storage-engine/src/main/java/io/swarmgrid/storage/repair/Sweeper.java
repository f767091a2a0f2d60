package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.repair.RepairMessage.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Nothing here is in a hurry, and nothing is deleted on a guess. A copy goes when the metadata, read at its primary, does
 * not name it, twice: once to find it, once more while no order for the same block can run. And it goes only when its file
 * is older than storage.orphan-grace, which is longer than any lease: a block that is just being written is not yet known
 * to everybody.
 */
/** Takes back the room of what nobody can reach any more. Confined to one thread, but for what says otherwise. */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int MAX_DISCARDS = 8192;
    private static final int PAGE = 500;

    private final Repair.Seams seams;
    private final Copies copies;
    private final Duration orphanGrace;
    private final Clock clock;
    private final BlockingQueue<Discard> discards = new ArrayBlockingQueue<>(MAX_DISCARDS);
    private final BlockingQueue<Lost> lost = new ArrayBlockingQueue<>(MAX_DISCARDS);

    private record Discard(GridNodeInfo node, Copy copy) {}

    private record Lost(String node, Copy copy) {}

    Sweeper(Repair.Seams seams, Copies copies, Duration orphanGrace, Clock clock) {
        this.seams = seams;
        this.copies = copies;
        this.orphanGrace = orphanGrace;
        this.clock = clock;
    }

    /** Notes a copy that is no longer recorded. Any thread; what does not fit is found as an orphan later. */
    void discard(GridNodeInfo node, Copy copy) {
        if (!discards.offer(new Discard(node, copy))) {
            LOG.debug("discard put off: block={}, node={}", copy.block(), node.name());
        }
    }

    /** Notes that a node does not have a copy as it is recorded. Any thread; the next audit repeats what does not fit. */
    void missing(String node, Copy copy) {
        if (!lost.offer(new Lost(node, copy))) {
            LOG.debug("missing copy put off: block={}, node={}", copy.block(), node);
        }
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
    void sweep() {
        for (Lost copy = lost.poll(); copy != null; copy = lost.poll()) {
            forget(copy);
        }
        Set<String> live = seams.nodes().live().stream().map(GridNodeInfo::name).collect(Collectors.toSet());
        seams.census().reclaim(live, this::reclaimed, seams.writerless());
        for (Discard copy = discards.poll(); copy != null; copy = discards.poll()) {
            carryOut(copy);
        }
    }

    /**
     * Deletes this node's orphans.
     *
     * @return how many
     */
    int sweepOrphans() {
        String own = seams.nodes().local().name();
        List<StoredBlock> old = new ArrayList<>();
        Instant limit = clock.instant().minus(orphanGrace);
        for (StoredBlock block : seams.blocks().list()) {
            if (isOlder(block, limit)) {
                old.add(block);
            }
        }
        int deleted = 0;
        for (int from = 0; from < old.size(); from += PAGE) {
            List<StoredBlock> page = old.subList(from, Math.min(old.size(), from + PAGE));
            Set<Copy> dead = new HashSet<>(
                    seams.census().dead(own, page.stream().map(Sweeper::copy).toList()));
            for (Copy copy : dead) {
                deleted += deleteIfStillDead(own, copy) ? 1 : 0;
            }
        }
        if (deleted > 0) {
            LOG.info("orphans deleted: node={}, blocks={}", own, deleted);
        }
        return deleted;
    }

    private boolean deleteIfStillDead(String own, Copy copy) {
        if (seams.nodes().keepsAll() || !copies.tryHold(copy.block())) {
            return false; // what nobody names now may be named again in a moment
        }
        try {
            return !seams.census().dead(own, List.of(copy)).isEmpty()
                    && seams.blocks().delete(copy.block(), copy.epoch());
        } finally {
            copies.release(copy.block());
        }
    }

    private void forget(Lost copy) {
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

    private void reclaimed(BlockRecord block) {
        for (Replica holder : block.holders()) {
            seams.nodes()
                    .find(holder.node())
                    .ifPresent(node -> discard(node, new Copy(block.fileId(), block.id(), holder.epoch())));
        }
    }

    private void carryOut(Discard discard) {
        Copy copy = discard.copy();
        if (seams.nodes().isRecovering()
                || seams.census().dead(discard.node().name(), List.of(copy)).isEmpty()) {
            return; // a restore has brought it back, or may do so now; as an orphan it is found later
        }
        String own = seams.nodes().local().name();
        if (!discard.node().name().equals(own)) {
            try {
                CallContext context = CallContext.background(own, "discard-" + copy.block());
                seams.transfer().discard(context, discard.node(), copy.block(), copy.epoch());
            } catch (GridException e) {
                LOG.debug(
                        "discard not delivered: block={}, node={}",
                        copy.block(),
                        discard.node().name(),
                        e);
            }
        } else if (copies.tryHold(copy.block())) {
            try {
                seams.blocks().delete(copy.block(), copy.epoch());
            } finally {
                copies.release(copy.block());
            }
        }
    }

    private static Copy copy(StoredBlock block) {
        return new Copy(block.home().inodeId(), block.id(), block.epoch());
    }

    private static boolean isOlder(StoredBlock block, Instant limit) {
        try {
            return Files.getLastModifiedTime(block.path()).toInstant().isBefore(limit);
        } catch (IOException e) {
            // It was deleted or sealed meanwhile: not ours to judge now.
            return false;
        }
    }
}

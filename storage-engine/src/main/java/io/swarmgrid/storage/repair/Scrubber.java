package io.swarmgrid.storage.repair;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.ScrubConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.PaceTime;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.repair.RepairMessage.Recorded;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Blocks in order of their ids, so that the place reached is one number, which is written down now and then: a node that is
 * restarted every day gets through all of its blocks all the same. What is checked is what lies on the disk: the sidecar is
 * read again, however well it is known.
 *
 * A bad copy is first given up in the metadata, which refuses where no other copy is left that its node says it has, and only
 * then put aside: the last copy stays where it is, for most of its bytes may be good. That is so also where it is not recorded.
 */
/** Reads the sealed blocks of this node slowly, and gives up the bad ones. Confined to one thread, but for the counters. */
final class Scrubber {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final long PAUSE_MS = 1000;
    private static final long SAVE_MS = 30_000;

    private final Repair.Seams seams;
    private final Copies copies;
    private final ScrubConfig config;
    private final ScrubPlace place;
    private final Witnesses witnesses;
    private final CopyReader reader;
    private final Clock clock;
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong bad = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    Scrubber(
            Repair.Seams seams,
            Copies copies,
            Witnesses witnesses,
            ScrubConfig config,
            ScrubPlace place,
            Clock clock,
            PaceTime time) {
        this.seams = seams;
        this.witnesses = witnesses;
        this.copies = copies;
        this.config = config;
        this.place = place;
        CopyPace pace = new CopyPace(Optional.of(config.rate()).filter(rate -> rate.bytes() > 0), time);
        this.reader = new CopyReader(seams, pace::await, bytes::addAndGet);
        this.clock = clock;
    }

    ScrubCounts counts() {
        return new ScrubCounts(blocks.get(), bytes.get(), bad.get(), lost.get());
    }

    /** Waits until a pass is due, and makes it, or goes on with the one that was begun. */
    void run() throws InterruptedException {
        long now = clock.millis();
        boolean off = config.rate().bytes() == 0;
        if (off
                || (place.isAtStart()
                        && now < place.startedMs() + config.interval().toMillis())) {
            Thread.sleep(PAUSE_MS);
            return;
        }
        pass();
    }

    /** One pass over all blocks from the place that was reached. */
    void pass() throws InterruptedException {
        if (place.isAtStart()) {
            place.begin(clock.millis());
        }
        List<BlockId> ids = seams.blocks().list().stream()
                .filter(StoredBlock::sealed)
                .map(StoredBlock::id)
                .filter(place::isAhead)
                .sorted()
                .toList();
        long savedMs = clock.millis();
        for (BlockId id : ids) {
            while (!seams.nodes().hasQuorum()) {
                Thread.sleep(PAUSE_MS);
            }
            Optional<StoredBlock> block = seams.blocks().find(id).filter(StoredBlock::sealed);
            if (block.isPresent()) {
                scrub(block.get());
            }
            place.reached(id);
            if (clock.millis() - savedMs >= SAVE_MS) {
                savedMs = clock.millis();
                place.save();
            }
        }
        place.end();
        LOG.info("all blocks checked: blocks={}, so_far: {}", ids.size(), counts());
    }

    private void scrub(StoredBlock block) throws InterruptedException {
        try {
            reader.read("scrub", block);
            blocks.incrementAndGet();
        } catch (GridException e) {
            if (e.code() == ErrorCode.CORRUPT_DATA) {
                blocks.incrementAndGet();
                giveUp(block, e);
            } else if (e.code() != ErrorCode.NOT_FOUND) {
                LOG.warn("block not checked: block={}/{}: {}", block.id(), block.epoch(), e.getMessage());
            }
        }
    }

    private void giveUp(StoredBlock block, GridException why) throws InterruptedException {
        String own = seams.nodes().local().name();
        if (!copies.tryHold(block.id())) {
            return;
        }
        try {
            Set<String> others = seams.nodes().live().stream()
                    .map(GridNodeInfo::name)
                    .filter(name -> !name.equals(own))
                    .collect(Collectors.toSet());
            Copy copy = new Copy(block.home().inodeId(), block.id(), block.epoch());
            if (isOrphan(own, copy)) {
                LOG.info("bad copy of what is no more, it goes with the orphans: {}", why.getMessage());
                return;
            }
            Set<String> having = witnesses.ask(new Recorded(copy, block.lengthBytes(), block.crc32c()), others);
            if (!having.isEmpty() && seams.census().dropHolder(copy.fileId(), copy.block(), own, having, 1)) {
                seams.blocks().quarantine(block.id(), block.epoch());
                bad.incrementAndGet();
                LOG.warn("bad copy given up: {}", why.getMessage());
            } else {
                lost.incrementAndGet();
                LOG.error("the only live copy is bad, it stays: {}", why.getMessage());
            }
        } catch (GridException e) {
            LOG.warn("bad copy not given up, next time: block={}: {}", block.id(), e.getMessage());
        } finally {
            copies.release(block.id());
        }
    }

    /** Whether there is no such block any more. */
    private boolean isOrphan(String own, Copy copy) {
        return seams.census().unnamed(own, List.of(copy)).stream()
                .anyMatch(unnamed -> unnamed.block().isEmpty());
    }
}

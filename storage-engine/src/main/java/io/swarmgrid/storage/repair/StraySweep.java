package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.StrayBlock;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the metadata about blocks without a sidecar. What it names and has lost nothing else is taken back; what two looks in a row have
 * not found named was never finished, and goes once it is older than any lease. Confined to one thread.
 */
final class StraySweep {
    private static final Logger LOG = LoggerFactory.getLogger(StraySweep.class);

    private final Repair.Seams seams;
    private final Duration orphanGrace;
    private final Clock clock;
    private Set<StrayBlock> unnamed = Set.of();

    StraySweep(Repair.Seams seams, Duration orphanGrace, Clock clock) {
        this.seams = seams;
        this.orphanGrace = orphanGrace;
        this.clock = clock;
    }

    void sweep() {
        List<StrayBlock> strays = seams.blocks().strays();
        if (strays.isEmpty() || seams.nodes().keepsAll()) {
            return;
        }
        Map<BlockId, BlockRecord> named = new HashMap<>();
        Set<BlockId> ids = strays.stream().map(StrayBlock::id).collect(Collectors.toSet());
        boolean whole = seams.census().named(ids, block -> named.put(block.id(), block));
        Set<StrayBlock> doubted = new HashSet<>();
        for (StrayBlock stray : strays) {
            BlockRecord block = named.get(stray.id());
            if (block != null && block.state() == BlockState.SEALED && block.epoch() == stray.epoch()) {
                adopt(stray, block);
            } else if (block == null ? whole : isDead(stray, block)) {
                doubted.add(stray);
            }
        }
        doubted.forEach(this::dropUnnamed);
        unnamed = doubted;
    }

    /** What is still written has a later epoch once a copy was left behind. */
    private static boolean isDead(StrayBlock stray, BlockRecord block) {
        return block.state() == BlockState.SEALED || block.epoch() > stray.epoch();
    }

    private void dropUnnamed(StrayBlock stray) {
        Instant limit = clock.instant().minus(orphanGrace);
        if (unnamed.contains(stray)
                && Sweeper.isOlder(stray.path(), limit)
                && seams.blocks().dropStray(stray)) {
            LOG.info("unfinished block deleted: file={}", stray.path());
        }
    }

    private void adopt(StrayBlock stray, BlockRecord block) {
        SealedBlock seal = new SealedBlock(block.id(), block.epoch(), block.lengthBytes(), block.crc32c());
        try {
            seams.blocks().adopt(stray, seal, new WayHome(block.fileId(), "", block.offset()));
        } catch (GridException e) {
            LOG.warn("block without a sidecar stays for now: {}", e.getMessage());
        }
    }
}

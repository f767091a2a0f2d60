package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockSpread;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Copy;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Head;
import io.swarmgrid.storage.namespace.ignite.RecoveryPlan.Made;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Files of which there are blocks and no record, put together by the sidecars. One whose blocks follow each other from its
 * beginning goes to the path that it had when it was written, where that is free; all else goes to {@code /lost+found},
 * each run of blocks a file: what was between them is not known. Confined to one thread.
 */
final class RecoveryStrays {
    private final RecoveryFacts facts;
    private final RecoveryPlan plan;
    private final int replicas;
    private final long nowMs;

    RecoveryStrays(RecoveryFacts facts, RecoveryPlan plan, int replicas, long nowMs) {
        this.facts = facts;
        this.plan = plan;
        this.replicas = replicas;
        this.nowMs = nowMs;
    }

    void place() {
        Set<BlockId> used = plan.usedBlocks(); // a file may have blocks that were written for others
        Map<Long, Map<Long, FoundBlock>> files = new TreeMap<>();
        for (List<Copy> copies : facts.blocks()) {
            FoundBlock newest = newest(copies);
            Head head = facts.head(newest.home().inodeId());
            boolean stray = facts.isRestore() ? facts.isSuperseded(newest.id()) : head == null || head.open();
            if (stray && !used.contains(newest.id())) {
                files.computeIfAbsent(newest.home().inodeId(), id -> new TreeMap<>())
                        .merge(newest.home().offset(), newest, RecoveryStrays::later);
            }
        }
        files.forEach((id, blocks) -> {
            List<List<FoundBlock>> runs = runs(blocks);
            boolean whole = runs.size() == 1 && runs.get(0).get(0).home().offset() == 0;
            runs.forEach(run -> file(id, run, whole));
        });
    }

    private void file(long id, List<FoundBlock> run, boolean whole) {
        Head head = facts.head(id);
        boolean later = facts.isRestore();
        boolean open = head != null;
        String before = run.get(0).home().path();
        Inode.Link link = whole && !open ? byPath(before) : null;
        long offset = run.get(0).home().offset();
        if (link == null) {
            String name = Ids.text(id) + (offset == 0 && !later ? "" : "." + offset);
            link = new Inode.Link(plan.lostFound(nowMs), name);
        }
        long own = offset == 0 && !later ? id : Ids.besides(id, run.get(0).id());
        Made file = made(own, id, link, run);
        plan.make(file);
        plan.rebuilt(file, later ? Problem.LATER : open ? Problem.UNFINISHED : Problem.WITHOUT_RECORD, before);
    }

    /** @param home the file that the blocks were written for, where their records go */
    private Made made(long id, long home, Inode.Link link, List<FoundBlock> run) {
        List<BlockRecord> blocks = new ArrayList<>();
        List<BlockId> ids = new ArrayList<>();
        Map<BlockId, Inode.Adopted> adopted = new HashMap<>();
        long end = 0;
        for (FoundBlock block : run) {
            ids.add(block.id());
            blocks.add(record(block));
            adopted.put(block.id(), new Inode.Adopted(home, end));
            end += block.lengthBytes();
        }
        Inode.Content content = Inode.Content.sealed(end, ids).adopting(id == home ? Map.of() : adopted);
        Inode inode = new Inode(
                EntryKind.FILE,
                link,
                Inode.Revision.first(nowMs),
                Inode.Rights.of("swarm"),
                new Inode.Storing(replicas, Durability.PROCESS, BlockSpread.SPREAD),
                Map.of(),
                content);
        return new Made(id, inode, blocks);
    }

    private BlockRecord record(FoundBlock block) {
        return facts.held(new BlockRecord(
                block.id(),
                block.home().inodeId(),
                block.home().offset(),
                block.lengthBytes(),
                block.epoch(),
                block.crc32c(),
                BlockState.SEALED,
                replicas,
                block.id().value(),
                List.of()));
    }

    /** Null where the path cannot be: it is no path, is the grid's own, leads through a file, or is taken. */
    private Inode.@Nullable Link byPath(String text) {
        GridPath path;
        try {
            path = CallerPaths.parse(text);
        } catch (GridException e) {
            return null;
        }
        List<String> names = path.names();
        if (names.isEmpty()) {
            return null;
        }
        long at = Ids.ROOT;
        for (String name : names.subList(0, names.size() - 1)) {
            long next = plan.find(at, name);
            if (next != 0 && !plan.isDirectory(next)) {
                return null;
            }
            at = next == 0 ? plan.directory(at, name, nowMs) : next;
        }
        return plan.find(at, path.name()) == 0 ? new Inode.Link(at, path.name()) : null;
    }

    /** @param blocks in order of their offset */
    private static List<List<FoundBlock>> runs(Map<Long, FoundBlock> blocks) {
        List<List<FoundBlock>> runs = new ArrayList<>();
        long end = -1;
        for (FoundBlock block : blocks.values()) {
            if (block.home().offset() != end) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(block);
            end = block.home().offset() + block.lengthBytes();
        }
        return runs;
    }

    private static FoundBlock newest(List<Copy> copies) {
        FoundBlock newest = copies.get(0).block();
        for (Copy copy : copies) {
            newest = later(newest, copy.block());
        }
        return newest;
    }

    /** A writer that went on after a loss wrote the later epoch, and after a retry the later block. */
    private static FoundBlock later(FoundBlock one, FoundBlock other) {
        int byId = one.id().compareTo(other.id());
        boolean laterIsOther = byId == 0 ? other.epoch() > one.epoch() : byId < 0;
        return laterIsOther ? other : one;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Copy;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Head;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/*
 * The rules. The latest record of an inode says where it is. What lies below a removed directory is removed. What lies in a
 * directory of which nobody knows anything goes to /lost+found, and what lies below it stays below it. Of two that have one
 * name the one of the later version has it: an overwriting file is a version above what it replaces. A file that was open when
 * the grid ended was never acknowledged, and does not come to its path. Blocks of inodes of which there is no record at all make
 * a file of their own (RecoveryStrays).
 */
/** The tree as it is to be. Confined to one thread; the same facts make the same plan. */
final class RecoveryPlan {
    static final String LOST_FOUND = "lost+found";

    private enum Fate {
        PLACED,
        REMOVED,
        UNKNOWN
    }

    private final RecoveryFacts facts;
    private final Map<Long, Fate> fates = new HashMap<>();
    private final Map<Inode.Link, Long> names = new HashMap<>();
    private final Map<Long, Inode.Link> placed = new LinkedHashMap<>();
    private final Map<Long, EntryKind> kinds = new HashMap<>();
    private final List<Made> made = new ArrayList<>();
    private final List<Long> gone = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private long unfinished;
    private long relocated;
    private long withoutRecord;

    /** An entry of which no journal has a record. */
    record Made(long id, Inode inode, List<BlockRecord> blocks) {}

    private RecoveryPlan(RecoveryFacts facts) {
        this.facts = facts;
    }

    /**
     * Makes the plan.
     *
     * @param replicas how many copies there are to be of files of which nothing is known
     */
    static RecoveryPlan of(RecoveryFacts facts, int replicas, long nowMs) {
        RecoveryPlan plan = new RecoveryPlan(facts);
        plan.fixed();
        List<Long> homeless = plan.place();
        homeless.forEach(id -> plan.relocate(id, nowMs));
        new RecoveryStrays(facts, plan, replicas, nowMs).place();
        plan.findMissing();
        return plan;
    }

    // What is to be.

    /** Where each inode that a journal has a record of is to be linked; the others are not to be. */
    Map<Long, Inode.Link> placed() {
        return placed;
    }

    /** Parents before what they hold. */
    List<Made> made() {
        return made;
    }

    /** Inodes that are not to be, though there are records of them. */
    List<Long> gone() {
        return gone;
    }

    List<Problem> problems() {
        return problems;
    }

    long unfinished() {
        return unfinished;
    }

    long relocated() {
        return relocated;
    }

    long withoutRecord() {
        return withoutRecord;
    }

    /** Whether an inode lies in the staging directory: nothing of it is published yet. */
    boolean isStaged(long id) {
        long at = id;
        Set<Long> seen = new HashSet<>();
        for (Inode.Link link = placed.get(at); link != null && seen.add(at); link = placed.get(at)) {
            if (link.parentId() == Ids.STAGING) {
                return true;
            }
            at = link.parentId();
        }
        return false;
    }

    String path(Inode.Link link) {
        StringBuilder path = new StringBuilder();
        Set<Long> seen = new HashSet<>();
        for (Inode.Link at = link; at != null && !at.name().isEmpty() && seen.add(at.parentId()); ) {
            path.insert(0, "/" + at.name());
            at = placed.get(at.parentId());
        }
        return path.toString();
    }

    // What strays need.

    /** What has this name; 0 where nothing has. */
    long find(long parentId, String name) {
        return names.getOrDefault(new Inode.Link(parentId, name), 0L);
    }

    boolean isDirectory(long id) {
        EntryKind kind = kinds.get(id);
        return kind != null && kind != EntryKind.FILE;
    }

    /** The directory of this name, which is made where there is none. */
    long directory(long parentId, String name, long nowMs) {
        String free = name;
        while (find(parentId, free) != 0) {
            if (isDirectory(find(parentId, free))) {
                return find(parentId, free);
            }
            free += "~";
        }
        Inode.Link link = new Inode.Link(parentId, free);
        long id = Ids.derived(path(link));
        make(new Made(id, Inode.directory(link, "swarm", nowMs), List.of()));
        return id;
    }

    void make(Made entry) {
        facts.heap().entry(HeapShare.INODE_BYTES, entry.inode().link().name());
        made.add(entry);
        take(entry.id(), entry.inode().link(), entry.inode().kind());
    }

    long lostFound(long nowMs) {
        return directory(Ids.ROOT, LOST_FOUND, nowMs);
    }

    /** Notes a file that was rebuilt, and why. */
    void rebuilt(Made file, String problem, String before) {
        switch (problem) {
            case Problem.UNFINISHED -> unfinished++;
            case Problem.WITHOUT_RECORD -> withoutRecord++;
            default -> relocated++;
        }
        tell(new Problem(
                path(file.inode().link()),
                problem,
                null,
                null,
                file.inode().content().lengthBytes(),
                before));
    }

    private void tell(Problem problem) {
        facts.heap().problem(problem);
        problems.add(problem);
    }

    // How it comes about.

    private void fixed() {
        fates.put(Ids.ROOT, Fate.PLACED);
        fates.put(Ids.SWARM, Fate.PLACED);
        fates.put(Ids.STAGING, Fate.PLACED);
        take(Ids.ROOT, new Inode.Link(Ids.ROOT, ""), EntryKind.DIRECTORY);
        take(Ids.SWARM, new Inode.Link(Ids.ROOT, ".swarm"), EntryKind.DIRECTORY);
        take(Ids.STAGING, new Inode.Link(Ids.SWARM, "staging"), EntryKind.DIRECTORY);
    }

    /** Gives names; what gets none, though it is to be, is returned. */
    private List<Long> place() {
        List<Long> candidates = new ArrayList<>();
        List<Long> homeless = new ArrayList<>();
        facts.heads().forEach((id, head) -> {
            if (head.removed()) {
                gone.add(id);
            } else if (head.open()) {
                gone.add(id); // what there is of it becomes a stray
            } else if (!placed.containsKey(id)) {
                switch (facts.isDisplaced(id) ? Fate.UNKNOWN : fate(head.link().parentId())) {
                    case PLACED -> candidates.add(id);
                    case REMOVED -> gone.add(id);
                    case UNKNOWN -> homeless.add(id);
                }
            }
        });
        candidates.sort(Comparator.comparing((Long id) -> facts.rank(id))
                .thenComparing(Comparator.comparingLong((Long id) -> head(id).version())
                        .thenComparingLong(id -> head(id).modifiedMs())
                        .thenComparing(Comparator.naturalOrder())
                        .reversed()));
        for (Long id : candidates) {
            Inode.Link link = head(id).link();
            if (names.containsKey(link)) {
                homeless.add(id);
            } else {
                take(id, link, head(id).kind());
            }
        }
        return homeless;
    }

    /** Of a directory, as something that holds others. */
    private Fate fate(long directoryId) {
        Fate known = fates.get(directoryId);
        if (known != null) {
            return known;
        }
        Head head = facts.head(directoryId);
        if (head == null || (!head.removed() && head.isFile())) {
            return Fate.UNKNOWN;
        }
        fates.put(directoryId, Fate.UNKNOWN); // for whoever comes back here: a circle, which no grid makes
        Fate fate = head.removed() || fate(head.link().parentId()) == Fate.REMOVED ? Fate.REMOVED : Fate.PLACED;
        fates.put(directoryId, fate);
        return fate;
    }

    private void relocate(long id, long nowMs) {
        Head head = head(id);
        long lostFound = lostFound(nowMs);
        Inode.Link link = new Inode.Link(lostFound, Ids.text(id));
        take(id, link, head.kind());
        relocated++;
        tell(new Problem(
                path(link),
                Problem.RELOCATED,
                null,
                null,
                head.lengthBytes(),
                "was named " + head.link().name()));
    }

    private void take(long id, Inode.Link link, EntryKind kind) {
        names.put(link, id);
        placed.put(id, link);
        kinds.put(id, kind);
    }

    private Head head(long id) {
        Head head = facts.head(id);
        if (head == null) {
            throw new IllegalStateException("no record of inode " + Ids.text(id));
        }
        return head;
    }

    private void findMissing() {
        placed.forEach((id, link) -> {
            Head head = facts.head(id);
            if (head != null && !facts.isLeft(id)) {
                for (BlockRecord block : head.blocks()) {
                    if (facts.held(block).holders().isEmpty()) {
                        tell(new Problem(
                                path(link),
                                Problem.MISSING_BLOCK,
                                block.id().toString(),
                                block.offset(),
                                block.lengthBytes(),
                                null));
                    }
                }
            }
        });
    }

    /** The blocks of the files that are to be, as far as that is planned. */
    Set<BlockId> usedBlocks() {
        Set<BlockId> used = new HashSet<>();
        placed.keySet().forEach(id -> {
            Head head = facts.head(id);
            if (head != null) {
                head.blocks().forEach(block -> used.add(block.id()));
            }
        });
        made.forEach(each -> each.blocks().forEach(block -> used.add(block.id())));
        return used;
    }

    /** Copies of blocks that no file has. */
    long unusedCopies() {
        Set<BlockId> used = usedBlocks();
        long unused = 0;
        for (List<Copy> copies : facts.blocks()) {
            unused += used.contains(copies.get(0).block().id()) ? 0 : copies.size();
        }
        return unused;
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Head;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Rank;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/*
 * The rules. What the backup has is as it was then, under its name; what came later stays where it is. Nothing that can be read is
 * given up: a later entry whose name the backup's has goes to /lost+found, and so do the later partition files of a dataset that is
 * as it was then, and what was added to a file that is as it was then. Where a file of the backup has lost blocks and another
 * has its name by now, that one keeps it. A file that was being written then, or is now, stays as it is.
 */
/** What a restore is to do: the backup laid over what is there. Pure; confined to one thread. */
final class RestorePlan {
    private final BackupContent then;
    private final PresentTree now;
    private final RecoveryFacts facts;
    private final long era;
    private final TreeMap<Long, NameValue> restored = new TreeMap<>();
    private final List<Long> smallOnes = new ArrayList<>();
    private @Nullable RecoveryPlan tree;

    /** Bytes in the metadata that another entry is to have. */
    record Kept(long from, RecoveryPlan.Made as) {}

    private RestorePlan(BackupContent then, PresentTree now, RecoveryFacts facts, long era) {
        this.then = then;
        this.now = now;
        this.facts = facts;
        this.era = era;
    }

    /**
     * Makes the plan.
     *
     * @param facts with the blocks of all nodes, and nothing else yet
     */
    static RestorePlan of(BackupContent then, PresentTree now, RecoveryFacts facts, Making making) {
        RestorePlan plan = new RestorePlan(then, now, facts, making.era());
        then.ids().stream().sorted().forEach(plan::lookAtBackup);
        now.ids().stream().sorted().forEach(plan::lookAtPresent);
        plan.tree = RecoveryPlan.of(facts, making.replicas(), making.nowMs());
        return plan;
    }

    /**
     * What entries are made with.
     *
     * @param era of this restore
     * @param replicas how many copies there are to be of what was added to files
     */
    record Making(long era, int replicas, long nowMs) {}

    RecoveryPlan tree() {
        return Objects.requireNonNull(tree, "planned");
    }

    /** The entries of the backup that are not as they were, as they are to be; their links are the tree's. */
    Map<Long, NameValue> restored() {
        return restored;
    }

    RecoveryFacts facts() {
        return facts;
    }

    /** A later entry under the name that it gets. */
    Inode moved(long id) {
        Inode present = Objects.requireNonNull(now.inode(id), "present");
        Inode.Link link = Objects.requireNonNull(link(id), "placed");
        return present.linked(link.parentId(), link.name()).changed();
    }

    /** The blocks of an entry with whoever has exactly those. */
    List<BlockRecord> held(NameValue value) {
        return value.blocks().stream().map(facts::held).toList();
    }

    /** Later entries that get another name. */
    List<Long> relocated() {
        List<Long> moved = new ArrayList<>();
        tree().placed().forEach((id, link) -> {
            Inode present = now.inode(id);
            if (present != null && !restored.containsKey(id) && !link.equals(present.link())) {
                moved.add(id);
            }
        });
        return moved;
    }

    /** Entries that count for something which entries of the directory where they are to be do not, as far as is known. */
    List<Long> miscounted() {
        List<Long> miscounted = new ArrayList<>();
        tree().placed().forEach((id, link) -> {
            Inode present = now.inode(id);
            Inode above = now.inode(link.parentId());
            List<Long> wanted = above == null ? List.of() : above.charge().below();
            if (present != null
                    && !present.charge().quotas().isEmpty()
                    && !present.charge().quotas().equals(wanted)) {
                miscounted.add(id);
            }
        });
        return miscounted;
    }

    /** Small files that changed since, whose present bytes go to /lost+found. */
    List<Kept> kept(long nowMs) {
        List<Kept> kept = new ArrayList<>();
        for (long id : smallOnes) {
            Inode present = now.inode(id);
            if (present != null) {
                Inode.Link link = new Inode.Link(
                        tree().lostFound(nowMs),
                        Ids.text(id) + "." + present.revision().version());
                long own = Ids.besides(id, new BlockId(present.revision().version()));
                RecoveryPlan.Made made =
                        new RecoveryPlan.Made(own, present.linked(link.parentId(), link.name()), List.of());
                tree().make(made);
                tree().rebuilt(made, Problem.LATER, present.link().name());
                kept.add(new Kept(id, made));
            }
        }
        return kept;
    }

    private void lookAtBackup(long id) {
        NameValue value = then.value(id);
        boolean alive = now.isAlive(id);
        Inode present = alive ? now.inode(id) : null;
        boolean open = present != null && (then.isOpen(id) || present.content().lease() != null);
        if (present != null && (open || isSame(present, value.inode()))) {
            facts.put(id, head(present, now.blocks(id)), open ? Rank.LATER : Rank.FIRST);
            facts.leave(id);
            return;
        }
        long version = value.inode().revision().version();
        if (present != null) {
            supersede(id, present, value.inode());
            long presentVersion = present.revision().version();
            version = presentVersion == version
                    ? version
                    : presentVersion + 1; // what is cached under a version stays true
        }
        NameValue next = new NameValue(stamped(value.inode(), version), null, value.blocks());
        restored.put(id, next);
        boolean whole = value.blocks().stream()
                .noneMatch(block -> facts.held(block).holders().isEmpty());
        facts.put(id, head(next.inode(), value.blocks()), whole ? Rank.FIRST : Rank.BROKEN);
    }

    private void lookAtPresent(long id) {
        if (facts.head(id) != null) {
            return;
        }
        Inode present = now.inode(id);
        if (present == null || !now.isAlive(id)) {
            facts.put(id, Head.removed(0), Rank.LATER); // its keeper takes it back
            return;
        }
        facts.put(id, head(present, now.blocks(id)), Rank.LATER);
        facts.leave(id);
        NameValue parent = restored.get(present.link().parentId());
        if (parent != null && parent.inode().kind() == EntryKind.DATASET) {
            facts.displace(id);
        }
    }

    /** What is of the present file and not of the one in the backup. */
    private void supersede(long id, Inode present, Inode wanted) {
        Set<BlockId> kept = new HashSet<>(wanted.content().blocks());
        present.content().blocks().stream()
                .filter(block -> !kept.contains(block))
                .forEach(facts::supersede);
        boolean other = present.revision().version() != wanted.revision().version();
        if (present.content().inlined() && present.content().lengthBytes() > 0 && other) {
            smallOnes.add(id);
        }
    }

    private Inode stamped(Inode inode, long version) {
        Inode.Revision revision = inode.revision();
        return inode.with(new Inode.Revision(
                version,
                revision.createdMs(),
                revision.modifiedMs(),
                Stamps.restored(era, revision.changes()),
                revision.restoredMs()));
    }

    /**
     * But for what counts changes: bytes of one inode that change in place change their length, or the blocks. And but for what it counts
     * for, which is that of its place by now; only a quota that a directory had is given to it again.
     */
    private static boolean isSame(Inode present, Inode wanted) {
        boolean lacksQuota = wanted.charge().own() != 0 && present.charge().own() == 0;
        return !lacksQuota && uncounted(present).equals(uncounted(wanted));
    }

    private static Inode uncounted(Inode inode) {
        Inode.Revision revision = inode.revision();
        return inode.with(new Inode.Revision(0, revision.createdMs(), revision.modifiedMs(), 0))
                .charged(Charge.NONE);
    }

    /** Closed, whoever writes it: it is left, or closed by the restore. */
    private static Head head(Inode inode, List<BlockRecord> blocks) {
        return new Head(
                inode.revision().changes(),
                false,
                inode.kind(),
                inode.link(),
                false,
                inode.revision().version(),
                inode.revision().modifiedMs(),
                inode.content().lengthBytes(),
                blocks.stream().map(inode.content()::placed).toList());
    }

    /** Where an entry is to be; null where it is not to be. */
    Inode.@Nullable Link link(long id) {
        return tree().placed().get(id);
    }
}

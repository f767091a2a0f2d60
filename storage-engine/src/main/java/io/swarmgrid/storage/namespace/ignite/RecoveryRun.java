package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Counts;
import io.swarmgrid.client.wire.RecoverResult.NodeShare;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.journal.NamesJournal.Place;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/*
 * The journals are read twice: once to see what there is, of which only heads stay in memory, and once more to write, when the
 * records that count are known. Nothing else changes them meanwhile, since a grid that is being recovered takes no changes.
 */
/** One recovery: gathers, plans, writes. Confined to one thread, but for {@link #result}. */
final class RecoveryRun {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MAX_PROBLEMS = 1000;

    private final Ignite ignite;
    private final Runner runner;
    private final int replicas;
    private final long nowMs;
    private final String id;
    private volatile Seen seen = new Seen(RecoverResult.RUNNING, "beginning", List.of(), Counts.NONE, List.of());

    private record Seen(String state, String phase, List<NodeShare> nodes, Counts counts, List<Problem> problems) {}

    RecoveryRun(Ignite ignite, Runner runner, int replicas, long nowMs, String id) {
        this.ignite = ignite;
        this.runner = runner;
        this.replicas = replicas;
        this.nowMs = nowMs;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** How far it is. Any thread. */
    RecoverResult result(boolean recovering) {
        Seen now = seen;
        List<Problem> first = now.problems.subList(0, Math.min(MAX_PROBLEMS, now.problems.size()));
        return new RecoverResult(
                id, now.state, now.phase, recovering, now.nodes, now.counts, first, now.problems.size() - first.size());
    }

    boolean isRunning() {
        return seen.state.equals(RecoverResult.RUNNING);
    }

    /** @param write whether what was found is put into the tables */
    void run(boolean write, Runnable end) {
        try {
            List<ClusterNode> nodes = List.copyOf(ignite.cluster().forServers().nodes());
            RecoveryFacts facts = new RecoveryFacts();
            List<NodeShare> shares = new ArrayList<>();
            for (ClusterNode node : nodes) {
                phase("reading what node " + name(node) + " has", shares);
                shares.add(gather(node, facts));
            }
            phase("putting it together", shares);
            RecoveryPlan plan = RecoveryPlan.of(facts, replicas, nowMs);
            Counts counts = new RecoveryCount(facts, plan).counts();
            if (write) {
                write(nodes, facts, plan, shares);
                phase("ending", shares);
                end.run();
            }
            seen = new Seen(RecoverResult.DONE, "done", List.copyOf(shares), counts, plan.problems());
        } catch (GridException e) {
            fail(String.valueOf(e.getMessage()));
        } catch (StaleException | IgniteException | IllegalStateException e) {
            fail("broken off, may be run again: " + e.getMessage());
        } catch (OutOfMemoryError e) {
            fail("the heap of this node is too small for what the nodes have: give it more (-Xmx) and run it again");
        }
    }

    private void phase(String what, List<NodeShare> shares) {
        seen = new Seen(RecoverResult.RUNNING, what, List.copyOf(shares), Counts.NONE, List.of());
    }

    void fail(String why) {
        seen = new Seen(RecoverResult.FAILED, why, seen.nodes, seen.counts, seen.problems);
    }

    private NodeShare gather(ClusterNode node, RecoveryFacts facts) {
        long[] records = {0};
        int damaged = names(node, record -> {
            facts.add(record);
            records[0]++;
        });
        long blocks = 0;
        BlockId last = null;
        do {
            byte[] page = ask(node, RecoveryStep.blocks(last == null ? 0 : last.value()));
            List<FoundBlock> found = RecoveryShare.decodeBlocks(page);
            found.forEach(block -> facts.add(name(node), block));
            blocks += found.size();
            last = RecoveryShare.last(found);
        } while (last != null);
        return new NodeShare(name(node), records[0], damaged, blocks);
    }

    private int names(ClusterNode node, Consumer<NameRecord> each) {
        int damaged = 0;
        for (Place at = Place.START; at != null; ) {
            RecoveryShare.Names page = RecoveryShare.decodeNames(ask(node, RecoveryStep.names(at)));
            page.records().forEach(each);
            damaged += page.damaged();
            at = page.next();
        }
        return damaged;
    }

    private byte[] ask(ClusterNode node, RecoveryStep step) {
        try {
            return Step.open(ignite.compute(ignite.cluster().forNode(node))
                    .withTimeout(PATIENCE.toMillis())
                    .call(step));
        } catch (IgniteException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "node " + name(node) + " does not say what it has: " + e.getMessage(),
                    null,
                    "see that it is up, and run the recovery again",
                    e);
        }
    }

    private void write(List<ClusterNode> nodes, RecoveryFacts facts, RecoveryPlan plan, List<NodeShare> shares) {
        RecoveryWriter writer = new RecoveryWriter(runner);
        writer.keepBlockIds(facts.lastBlock());
        writer.forget(plan.gone());
        for (RecoveryPlan.Made made : plan.made()) {
            boolean file = made.inode().isFile();
            writer.put(
                    new RecoveryWriter.Entry(made.id(), made.inode(), null, made.blocks(), file ? null : Guard.OPEN));
        }
        Set<Long> open = new HashSet<>(plan.placed().keySet());
        for (ClusterNode node : nodes) {
            names(node, record -> {
                Head head = facts.head(record.id());
                if (head != null && head.stamp() == record.stamp() && open.remove(record.id())) {
                    writer.put(entry(facts, plan, record));
                    if (writer.written() % 1024 == 0) {
                        phase(
                                "writing, " + writer.written() + " of "
                                        + plan.placed().size() + " entries",
                                shares);
                    }
                }
            });
        }
        writer.flush();
        open.removeIf(each -> facts.head(each) == null); // the fixed ones and what the plan has made
        if (!open.isEmpty()) {
            throw new GridException(
                    ErrorCode.CONFLICT, "the journals of names have changed meanwhile: " + open.size() + " entries");
        }
    }

    private static RecoveryWriter.Entry entry(RecoveryFacts facts, RecoveryPlan plan, NameRecord record) {
        byte @Nullable [] bytes = record.value();
        Inode.Link link = plan.placed().get(record.id());
        if (bytes == null || link == null) {
            throw new IllegalStateException("not to be written: inode " + Ids.text(record.id()));
        }
        NameValue value = NameValue.decode(bytes);
        Inode inode = value.inode().link().equals(link)
                ? value.inode()
                : value.inode().linked(link.parentId(), link.name());
        List<BlockRecord> blocks = value.blocks().stream().map(facts::held).toList();
        Guard guard = inode.isFile()
                ? null
                : new Guard(plan.isStaged(record.id()), 0, inode.revision().version());
        return new RecoveryWriter.Entry(record.id(), inode, value.inline(), blocks, guard);
    }

    private static String name(ClusterNode node) {
        return node.consistentId().toString();
    }
}

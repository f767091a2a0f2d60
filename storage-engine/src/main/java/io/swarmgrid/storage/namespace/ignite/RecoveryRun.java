package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Counts;
import io.swarmgrid.client.wire.RecoverResult.NodeShare;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Head;
import io.swarmgrid.storage.run.SingleRun;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/*
 * The journals are read twice: once to see what there is, of which only heads stay in memory, and once more to write, when the
 * records that count are known. Nothing else changes them meanwhile, since a grid that is being recovered takes no changes.
 */
/** One recovery: gathers, plans, writes. Confined to one thread, but for {@link #result}. */
final class RecoveryRun implements SingleRun.Run {
    private final RecoveryReading reading;
    private final Runner runner;
    private final Order order;
    private final Progress progress;
    private long era;

    /**
     * What is to be recovered.
     *
     * @param write whether what was found is put into the tables, or only looked at
     * @param replicas how many copies there are to be of files of which nothing else is known
     * @param end what ends the recovery when all is written; null where the grid goes on being recovered
     */
    record Order(
            boolean write,
            int replicas,
            long nowMs,
            @Nullable Runnable end) {}

    RecoveryRun(Ignite ignite, Runner runner, Order order, Progress progress) {
        this.reading = new RecoveryReading(ignite);
        this.runner = runner;
        this.order = order;
        this.progress = progress;
    }

    @Override
    public String id() {
        return progress.id();
    }

    @Override
    public String what() {
        return "recovery";
    }

    @Override
    public String asked() {
        return ", dry_run=" + !order.write + ", finish=" + (order.end != null);
    }

    @Override
    public String outcome() {
        RecoverResult result = result();
        return "state=" + result.state() + ", phase=" + result.phase() + ", counts=" + result.counts() + ", recovering="
                + result.recovering();
    }

    /** How far it is. Any thread. */
    RecoverResult result() {
        return progress.result();
    }

    @Override
    public void run() {
        try {
            List<ClusterNode> nodes = reading.nodes();
            RecoveryFacts facts = new RecoveryFacts(HeapShare.ofThisNode("the recovery of what the nodes have"));
            List<NodeShare> shares = new ArrayList<>();
            for (ClusterNode node : nodes) {
                progress.phase("reading what node " + RecoveryReading.name(node) + " has", shares);
                shares.add(gather(node, facts));
            }
            era = facts.era();
            progress.phase("putting it together", shares);
            RecoveryPlan plan = RecoveryPlan.of(facts, order.replicas, order.nowMs);
            Counts counts = new RecoveryCount(facts, plan).counts();
            if (order.write) {
                write(nodes, facts, plan);
                QuotaWork.recountAll(runner);
                progress.phase("ending");
                end();
            }
            progress.done(counts, plan.problems());
        } catch (GridException e) {
            fail(e.getMessage() + (e.hint() == null ? "" : " (" + e.hint() + ")"));
        } catch (StaleException | IgniteException | IllegalStateException e) {
            fail("broken off, may be run again: " + e.getMessage());
        }
    }

    private void end() {
        Runnable end = order.end;
        if (end != null) {
            end.run();
        }
    }

    @Override
    public void fail(String why) {
        progress.fail(why);
    }

    /** The highest era of anything that was read. */
    long era() {
        return era;
    }

    private NodeShare gather(ClusterNode node, RecoveryFacts facts) {
        long[] records = {0};
        int damaged = reading.names(node, record -> {
            facts.add(record);
            records[0]++;
        });
        String name = RecoveryReading.name(node);
        long blocks = reading.blocks(node, block -> facts.add(name, block));
        return new NodeShare(name, records[0], damaged, blocks);
    }

    private void write(List<ClusterNode> nodes, RecoveryFacts facts, RecoveryPlan plan) {
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
            reading.names(node, record -> {
                Head head = facts.head(record.id());
                if (head != null && head.stamp() == record.stamp() && open.remove(record.id())) {
                    writer.put(entry(facts, plan, record));
                    if (writer.written() % 1024 == 0) {
                        progress.phase("writing, " + writer.written() + " of "
                                + plan.placed().size() + " entries");
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
        // Also where that is where it says: how it came there, and whether that was whole, counts no more.
        Inode inode = value.inode().linked(link.parentId(), link.name());
        List<BlockRecord> blocks = value.blocks().stream().map(facts::held).toList();
        Guard guard = inode.isFile() ? null : Guard.of(inode, plan.isStaged(record.id()));
        return new RecoveryWriter.Entry(record.id(), inode, value.inline(), blocks, guard);
    }
}

package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Counts;
import io.swarmgrid.client.wire.RecoverResult.NodeShare;
import io.swarmgrid.storage.backup.RestoreGate;
import io.swarmgrid.storage.namespace.ignite.BackupDump.Row;
import io.swarmgrid.storage.namespace.ignite.FoundBackup.Found;
import io.swarmgrid.storage.namespace.ignite.RestorePlan.Making;
import io.swarmgrid.storage.run.SingleRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The grid lives on meanwhile, closed to changes, and what is written are ordinary transactions: a node that is away learns of them when it
 * comes back, as of any others, and nothing that depends on what a node keeps in memory is pulled away from under it. Where all metadata was lost, it
 * is first recovered as far as blocks and journals go: what came after the backup is in those.
 */
/** One restore. Confined to one thread, but for {@link #result}. */
final class RestoreRun implements SingleRun.Run {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreRun.class);

    private final Ignite ignite;
    private final Runner runner;
    private final RestoreGate gate;
    private final Order order;
    private final Progress progress;
    private boolean claimed;

    /**
     * What is to be restored.
     *
     * @param directory null for where each node has its own
     * @param write whether it is done, or only looked at
     */
    record Order(@Nullable String directory, FoundBackup backup, boolean write, int replicas, long nowMs) {}

    RestoreRun(Ignite ignite, Runner runner, RestoreGate gate, Order order, String id) {
        this.ignite = ignite;
        this.runner = runner;
        this.gate = gate;
        this.order = order;
        this.progress = new Progress(id, gate::isClosed);
    }

    @Override
    public String id() {
        return progress.id();
    }

    @Override
    public String what() {
        return "restore";
    }

    @Override
    public String asked() {
        return ", backup=" + order.backup.head().name() + ", dry_run=" + !order.write;
    }

    @Override
    public String outcome() {
        RecoverResult result = result();
        return "backup=" + order.backup.head().name() + ", state=" + result.state() + ", phase=" + result.phase()
                + ", counts=" + result.counts() + ", closed=" + result.recovering();
    }

    /** How far it is. Any thread. */
    RecoverResult result() {
        return progress.result();
    }

    @Override
    public void run() {
        try {
            if (!order.write) {
                restore(plan(0));
                return;
            }
            boolean lost = gate.isLost();
            closeGate();
            long era = lost ? recover() : 0;
            restore(planClosed(lost, era));
        } catch (StaleException | IgniteException | IllegalStateException e) {
            fail("broken off: " + e.getMessage());
        }
    }

    private RestorePlan planClosed(boolean lost, long era) {
        boolean planned = false;
        try {
            RestorePlan plan = plan(era);
            planned = true;
            return plan;
        } finally {
            if (!planned && !lost) {
                gate.open(); // nothing was changed
            }
        }
    }

    @Override
    public void fail(String why) {
        progress.fail(why);
        try {
            if (claimed) {
                claimed = false;
                gate.leave();
            }
        } catch (GridException e) {
            LOG.debug("only this node can run the restore again while it is up: {}", e.getMessage());
        }
    }

    /** From now on no node begins a change, and those that were begun have ended. */
    private void closeGate() {
        progress.phase("ending the changes that are under way");
        gate.close();
        claimed = true;
        boolean looked = false;
        try {
            new BackupNodes(ignite).all(BackupOrder.of(BackupOrder.Kind.LOOK, null, (String) null));
            looked = true;
        } finally {
            if (!looked && !gate.isLost()) {
                gate.open();
            }
        }
    }

    /** @return the highest era that any journal knows */
    private long recover() {
        progress.phase("recovering what blocks and journals have");
        RecoveryRun.Order all = new RecoveryRun.Order(true, order.replicas, order.nowMs, null);
        RecoveryRun recovery = new RecoveryRun(ignite, runner, all, new Progress(id(), () -> true));
        recovery.run();
        RecoverResult result = recovery.result();
        if (!result.state().equals(RecoverResult.DONE)) {
            throw new GridException(ErrorCode.UNAVAILABLE, "the recovery before the restore failed: " + result.phase());
        }
        return recovery.era();
    }

    private RestorePlan plan(long seenEra) {
        HeapShare heap = HeapShare.ofThisNode(
                "the restore of the backup " + order.backup.head().name());
        RecoveryFacts facts = new RecoveryFacts(heap);
        RecoveryReading reading = new RecoveryReading(ignite);
        List<NodeShare> shares = new ArrayList<>();
        for (ClusterNode node : reading.nodes()) {
            progress.phase("reading which blocks node " + RecoveryReading.name(node) + " has");
            long blocks = reading.blocks(node, block -> facts.add(RecoveryReading.name(node), block));
            shares.add(new NodeShare(RecoveryReading.name(node), 0, 0, blocks));
        }
        progress.phase("reading the backup", shares);
        BackupContent content = new BackupContent(heap);
        read(content::add);
        content.complete();
        progress.phase("reading what is there now");
        PresentTree present = PresentTree.read(runner, heap);
        progress.phase("putting it together");
        long era = order.write ? gate.nextEra(Math.max(seenEra, present.era())) : 0;
        return RestorePlan.of(content, present, facts, new Making(era, order.replicas, order.nowMs));
    }

    /**
     * Every partition from the first part that can be read. What is taken is what each row's checksum vouches for: where a part
     * turns out damaged in its middle, what came before is taken once more, from the next one.
     */
    private void read(Consumer<Row> each) {
        List<List<Found>> partitions = order.backup.partitions();
        for (int i = 0; i < partitions.size(); i++) {
            read(i, partitions.get(i), each);
        }
    }

    private void read(int partition, List<Found> from, Consumer<Row> each) {
        GridException failure = null;
        for (Found found : from) {
            try {
                read(partition, found, each);
                return;
            } catch (GridException e) {
                LOG.warn("part of a backup cannot be read, trying another: {}", e.getMessage());
                failure = e;
            }
        }
        throw failure != null
                ? failure
                : new GridException(
                        ErrorCode.NOT_FOUND, "no node that is up has partition " + partition + " of the backup");
    }

    private void read(int partition, Found found, Consumer<Row> each) {
        BackupNodes nodes = new BackupNodes(ignite);
        for (long from = 0; ; ) {
            List<Row> page = BackupRowsStep.decode(nodes.ask(
                    found.seenBy(),
                    new BackupRowsStep(
                            order.directory, found.part().name(), found.part().folder(), partition, from)));
            if (page.isEmpty()) {
                return;
            }
            page.forEach(each);
            from += page.size();
        }
    }

    private void restore(RestorePlan plan) {
        List<RestorePlan.Kept> kept = plan.kept(order.nowMs);
        Counts counts = new RecoveryCount(plan.facts(), plan.tree()).counts();
        if (order.write) {
            write(plan, kept);
            progress.phase("ending");
            gate.open();
        }
        progress.done(counts, plan.tree().problems());
        LOG.info(
                "restore planned: backup={}, written={}, restored={}, relocated={}",
                order.backup.head().name(),
                order.write,
                plan.restored().size(),
                plan.relocated().size());
    }

    private void write(RestorePlan plan, List<RestorePlan.Kept> kept) {
        RestoreWriter writer = new RestoreWriter(runner);
        // First what later entries need, so that nothing is without a name at any moment.
        Map<Long, Long> bytesOf = new HashMap<>();
        kept.forEach(each -> bytesOf.put(each.as().id(), each.from()));
        for (RecoveryPlan.Made made : plan.tree().made()) {
            writer.put(new RestoreWriter.Entry(made.id(), made.inode(), made.blocks(), bytesOf.get(made.id())));
        }
        writer.flush();
        for (long moved : plan.relocated()) {
            writer.put(new RestoreWriter.Entry(moved, plan.moved(moved), List.of(), null));
        }
        writer.flush();
        progress.phase("writing small files");
        read(row -> {
            if (row.cache().equals(NamespaceCaches.INLINE) && plan.restored().containsKey(row.id())) {
                writer.inline(row.id(), row.value());
            }
        });
        plan.restored().forEach((id, value) -> {
            Inode.Link link = plan.link(id);
            if (link != null) {
                Inode inode = value.inode().linked(link.parentId(), link.name());
                writer.put(new RestoreWriter.Entry(id, inode, plan.held(value), null));
                if (writer.written() % 1024 == 0) {
                    progress.phase("writing, " + writer.written() + " of "
                            + plan.restored().size() + " entries");
                }
            }
        });
        writer.flush();
        writer.count(plan.miscounted());
        QuotaWork.recountAll(runner);
    }
}

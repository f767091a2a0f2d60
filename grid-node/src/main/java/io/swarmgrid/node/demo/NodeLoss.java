package io.swarmgrid.node.demo;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Units;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Step 6: one node dies in the middle of a read; the read, the data and the grid come out whole. */
final class NodeLoss {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long POLL_MS = 200;
    /** Some batches have come, most are still to come. */
    private static final double KILL_AFTER = 0.1;

    private final Session session;
    private final LocalGrid grid;
    private final Flights flights;
    private final Output output;
    private final Report report;
    private long lossNanos;

    NodeLoss(Session session, LocalGrid grid, Flights flights, Output output, Report report) {
        this.session = session;
        this.grid = grid;
        this.flights = flights;
        this.output = output;
        this.report = report;
    }

    void run() throws Exception {
        NodeProcess victim = readThroughLoss();
        awaitRepair(victim);
        comeBack(victim);
    }

    /** Kills, with SIGKILL, the node that a batch just came from. */
    private NodeProcess readThroughLoss() throws Exception {
        AtomicReference<@Nullable NodeProcess> victim = new AtomicReference<>();
        AtomicLong rowsAtLoss = new AtomicLong();
        long start = System.nanoTime();
        ContentHash.Value back = flights.read("reading", (location, rows) -> {
            if (rows > KILL_AFTER * flights.sourceHash().rows()) {
                NodeProcess serving = grid.node(Demo.nodeOf(grid, location));
                if (victim.compareAndSet(null, serving)) {
                    rowsAtLoss.set(rows);
                    kill(serving);
                }
            }
        });
        long nanos = System.nanoTime() - start;
        NodeProcess killed = victim.get();
        if (killed == null) {
            throw GridException.invalid("no batch came from a node that could be killed");
        }
        report.note("killed " + killed.name() + " (SIGKILL) after " + Units.count(rowsAtLoss.get()) + " of "
                + Units.count(flights.sourceHash().rows()) + " rows");
        report.check(
                "read while a node dies",
                Units.bytes(flights.sizeBytes()),
                Units.bytesPerSecond(flights.sizeBytes() / (nanos / 1e9)),
                flights.verdict(back),
                back.equals(flights.sourceHash()) && !killed.isAlive());
        return killed;
    }

    private void kill(NodeProcess node) {
        try {
            lossNanos = System.nanoTime();
            node.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRepair(NodeProcess victim) throws Exception {
        GridStatus status;
        try (Progress progress = Progress.ofItems(Demo.bars(output), "repairing", 0, "blocks")) {
            // Nothing lacks a copy until the loss is noticed, so the victim has to be seen down first.
            status = await(now -> !Demo.upNodes(now).contains(victim.name()), progress);
            status = await(
                    now -> now.quorum()
                            && !Demo.upNodes(now).contains(victim.name())
                            && now.repair().underReplicatedBlocks() == 0
                            && now.repair().copiedBlocks() > 0,
                    progress);
        }
        RepairStatus repair = status.repair();
        Usage usage = new Namespace(session).usage("/");
        long copies = new Copies(session, victim.name()).fewestLiveCopies(Demo.DATASET);
        report.check(
                "repair on the two left",
                Units.bytes(repair.copiedBytes()),
                Units.nanos(System.nanoTime() - lossNanos) + " after the loss",
                "every block of " + Units.bytes(usage.sizeBytes()) + " has " + copies + " live copies, "
                        + repair.copiedBlocks() + " blocks copied",
                copies >= Demo.REPLICAS && repair.underReplicatedBlocks() == 0);
    }

    private void comeBack(NodeProcess victim) throws Exception {
        long start = System.nanoTime();
        victim.start();
        victim.awaitReady(Duration.ofSeconds(60));
        GridStatus status;
        try (Progress progress = Progress.ofItems(Demo.bars(output), "coming back", 0, "blocks")) {
            status = await(now -> Demo.isWhole(now) && now.repair().underReplicatedBlocks() == 0, progress);
        }
        long nanos = System.nanoTime() - start;
        long blocks = status.nodes().stream()
                .filter(node -> node.name().equals(victim.name()))
                .mapToLong(node -> node.blocks())
                .sum();
        ContentHash.Value back = flights.read("reading again", (location, rows) -> {});
        report.check(
                victim.name() + " comes back",
                blocks + " blocks kept",
                Units.nanos(nanos),
                Demo.upNodes(status).size() + " nodes up; " + flights.verdict(back),
                Demo.isWhole(status) && blocks > 0 && back.equals(flights.sourceHash()));
    }

    /** Asks until the condition holds or patience ends; answers of a grid that is regrouping are waited through. */
    private GridStatus await(Predicate<GridStatus> condition, Progress progress) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        GridException last = null;
        GridStatus status = null;
        while (System.nanoTime() < deadline) {
            try {
                status = session.call("grid.status", new Nothing(), GridStatus.class);
                if (condition.test(status)) {
                    return status;
                }
                RepairStatus repair = status.repair();
                progress.at(
                        repair.copiedBlocks(),
                        repair.copiedBlocks() + repair.underReplicatedBlocks(),
                        repair.underReplicatedBlocks() + " lack a copy, " + Units.bytes(repair.pendingBytes())
                                + " to go");
            } catch (GridException e) {
                if (e.kind() != ErrorKind.RETRY) {
                    throw e;
                }
                last = e;
            }
            Thread.sleep(POLL_MS);
        }
        if (status == null && last != null) {
            throw last;
        }
        throw new GridException(
                io.swarmgrid.client.ErrorCode.TIMEOUT,
                "waited " + Units.nanos(PATIENCE_NANOS) + " in vain, the grid says: " + status);
    }
}

package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.BalanceRequest;
import io.swarmgrid.client.wire.BalanceStatus;
import io.swarmgrid.client.wire.DrainStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeRequest;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.RepairStatus;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm grid drain}, {@code undrain} and {@code balance}: blocks that move because an operator says so. */
final class MoveBlocksCommand {
    private static final long POLL_MS = 500;
    private static final long NANOS = 1_000_000_000L;

    private MoveBlocksCommand() {}

    static String text(BalanceStatus balance) {
        return String.format(
                Locale.ROOT,
                "balance: %s, the fullest node is taken to %.1f %%, the emptiest to %.1f %%",
                balance.running() ? "under way, down to " + balance.thresholdPercent() + " % apart" : "not under way",
                balance.fullestPercent(),
                balance.emptiestPercent());
    }

    private static long deadline(@Nullable Integer waitSeconds) {
        return System.nanoTime() + (waitSeconds == null ? Long.MAX_VALUE / 2 : waitSeconds * NANOS);
    }

    /** {@code swarm grid drain}. */
    @Command(
            name = "drain",
            description = {
                "Move every block off a node, which takes no new ones from now on, and wait until it is empty.",
                "Interrupted, the drain goes on; asked again, it shows how far it is."
            })
    static final class Drain extends GridCommand {
        @Option(names = "--no-wait", description = "Only begin it")
        private boolean noWait;

        @Option(
                names = "--wait",
                paramLabel = "SECONDS",
                description = "How long to wait at most; without it, until the node is empty")
        private @Nullable Integer waitSeconds;

        @Parameters(paramLabel = "NODE")
        private String node = "";

        @Override
        int run(Session session) throws InterruptedException {
            NodeStatus status = session.call("grid.drain", new NodeRequest(node), NodeStatus.class);
            if (!noWait) {
                status = await(session, status);
            }
            DrainStatus drain = status.drain();
            boolean done = drain != null && drain.hasEnded();
            if (session.output().json()) {
                session.output().document(status);
            } else if (done) {
                session.output()
                        .say(node + " is empty: it may be stopped for good, or take blocks again after swarm grid"
                                + " undrain " + node);
            } else if (drain == null) {
                session.output().say(node + " takes blocks again: somebody has ended the drain");
            } else {
                session.output().say(node + " is being drained: " + left(drain));
            }
            return done || noWait ? ExitCode.OK : ExitCode.RETRY;
        }

        private NodeStatus await(Session session, NodeStatus first) throws InterruptedException {
            long deadline = deadline(waitSeconds);
            NodeStatus status = first;
            long most = 0;
            try (Progress progress = Progress.ofBytes(session.output().progress(), "drain " + node, 0)) {
                while (System.nanoTime() - deadline < 0) {
                    DrainStatus drain = status.drain();
                    if (drain == null || drain.hasEnded()) {
                        return status;
                    }
                    most = Math.max(most, drain.sizeBytes());
                    progress.at(most - drain.sizeBytes(), most, Units.count(drain.blocks()) + " blocks left");
                    Thread.sleep(POLL_MS);
                    status = find(GridStateCommand.status(session), status);
                }
            }
            return status;
        }

        private NodeStatus find(GridStatus grid, NodeStatus before) {
            return grid.nodes().stream()
                    .filter(each -> each.name().equals(node))
                    .findFirst()
                    .orElse(before);
        }

        private static String left(DrainStatus drain) {
            return Units.count(drain.blocks()) + " blocks, " + Units.bytes(drain.sizeBytes()) + " still there";
        }
    }

    /** {@code swarm grid undrain}. */
    @Command(name = "undrain", description = "Let a node that was drained take blocks again.")
    static final class Undrain extends GridCommand {
        @Parameters(paramLabel = "NODE")
        private String node = "";

        @Override
        int run(Session session) {
            NodeStatus status = session.call("grid.undrain", new NodeRequest(node), NodeStatus.class);
            if (session.output().json()) {
                session.output().document(status);
            } else {
                session.output().say(node + " takes blocks");
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm grid balance}. */
    @Command(
            name = "balance",
            description = {
                "Move blocks from full nodes to empty ones, at repair.spread-rate, and wait until they are even.",
                "Interrupted, it goes on until they are; --stop ends it."
            })
    static final class Balance extends GridCommand {
        @Option(
                names = "--threshold",
                paramLabel = "PERCENT",
                description = "How far apart two nodes may stay in the part of their room that is taken (5)")
        private @Nullable Integer threshold;

        @Option(names = "--stop", description = "End what is under way")
        private boolean stop;

        @Option(names = "--no-wait", description = "Only begin it")
        private boolean noWait;

        @Option(
                names = "--wait",
                paramLabel = "SECONDS",
                description = "How long to wait at most; without it, until they are even")
        private @Nullable Integer waitSeconds;

        @Override
        int run(Session session) throws InterruptedException {
            BalanceStatus status = session.call(
                    "grid.balance", new BalanceRequest(threshold, stop ? true : null), BalanceStatus.class);
            if (!noWait) {
                status = await(session, status);
            }
            if (session.output().json()) {
                session.output().document(status);
            } else {
                session.output().say(text(status));
            }
            return noWait || !status.running() ? ExitCode.OK : ExitCode.RETRY;
        }

        private BalanceStatus await(Session session, BalanceStatus first) throws InterruptedException {
            long deadline = deadline(waitSeconds);
            BalanceStatus status = first;
            try (Progress progress = Progress.ofBytes(session.output().progress(), "balance", 0)) {
                while (status.running() && System.nanoTime() - deadline < 0) {
                    Thread.sleep(POLL_MS);
                    GridStatus grid = GridStateCommand.status(session);
                    RepairStatus repair = grid.repair();
                    progress.at(
                            repair.copiedBytes(), repair.copiedBytes() + repair.movingBytes(), text(grid.balance()));
                    status = grid.balance();
                }
            }
            return status;
        }
    }
}

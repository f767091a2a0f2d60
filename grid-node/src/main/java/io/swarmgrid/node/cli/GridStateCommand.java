package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.CallerInfo;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.LastBackup;
import io.swarmgrid.client.wire.LostMetadata;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.client.wire.SafeModeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code swarm grid}: the grid itself. */
@Command(
        name = "grid",
        description = "Look at the grid itself.",
        subcommands = {
            GridStateCommand.Status.class,
            GridStateCommand.Nodes.class,
            GridStateCommand.Repair.class,
            MoveBlocksCommand.Drain.class,
            MoveBlocksCommand.Undrain.class,
            MoveBlocksCommand.Balance.class,
            CheckMetadataCommand.class,
            SafeModeCommand.class,
            GridTokenCommand.class,
            GridStateCommand.Whoami.class,
            GridStateCommand.ShowVersion.class
        })
final class GridStateCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "name one of: status, nodes, repair, drain, undrain, balance, check, safe-mode, token, whoami, version");
    }

    static GridStatus status(Session session) {
        return session.call("grid.status", new Nothing(), GridStatus.class);
    }

    /** Whether every node is up, may decide, and every block has its copies. */
    static boolean isHealthy(GridStatus status) {
        return status.quorum()
                && status.lostMetadata() == null
                && status.nodes().stream().allMatch(node -> node.state().equals("up"))
                && status.repair().underReplicatedBlocks() == 0;
    }

    /** {@code swarm grid status}. */
    @Command(name = "status", description = "Nodes, quorum, repair: the whole picture.")
    static final class Status extends GridCommand {
        private static final long POLL_MS = 500;

        @Option(
                names = "--wait-healthy",
                arity = "0..1",
                fallbackValue = "600",
                paramLabel = "SECONDS",
                description = "Wait until every node is up and every block has its copies, at most so long (600)")
        private int waitSeconds;

        @Override
        int run(Session session) throws InterruptedException {
            GridStatus status = waitSeconds > 0 ? waitHealthy(session) : status(session);
            Output output = session.output();
            if (output.json()) {
                output.document(status);
            } else {
                show(output, status);
            }
            return waitSeconds > 0 && !isHealthy(status) ? ExitCode.RETRY : ExitCode.OK;
        }

        private GridStatus waitHealthy(Session session) throws InterruptedException {
            long deadline = System.nanoTime() + waitSeconds * 1_000_000_000L;
            GridStatus status = status(session);
            try (Progress progress = Progress.ofBytes(session.output().progress(), "repair", 0)) {
                while (!isHealthy(status) && System.nanoTime() < deadline) {
                    RepairStatus repair = status.repair();
                    progress.at(
                            repair.copiedBytes(),
                            repair.copiedBytes() + repair.pendingBytes(),
                            repair.underReplicatedBlocks() + " blocks lack copies");
                    Thread.sleep(POLL_MS);
                    status = status(session);
                }
            }
            return status;
        }

        private static String text(LostMetadata lost, List<NodeStatus> nodes) {
            List<String> bare = nodes.stream()
                    .filter(node -> node.state().equals("up"))
                    .map(NodeStatus::name)
                    .filter(lost.waitingFor()::contains)
                    .toList();
            List<String> away = new ArrayList<>(lost.waitingFor());
            away.removeAll(bare);
            return "METADATA LOST"
                    + (away.isEmpty() ? "" : " until these nodes are back: " + String.join(", ", away))
                    + (bare.isEmpty()
                            ? ""
                            : ": " + String.join(", ", bare)
                                    + " came back without its metadata, and no other node has it (the log says what to do)")
                    + " ("
                    + Units.count(lost.partitions().values().stream()
                            .mapToLong(List::size)
                            .sum())
                    + " partitions)";
        }

        private static void show(Output output, GridStatus status) {
            output.line("grid " + status.gridName() + " (" + status.gridId() + "), version " + status.productVersion()
                    + ", asked " + status.answeringNode() + (status.quorum() ? "" : ", NO QUORUM"));
            LostMetadata lost = status.lostMetadata();
            if (lost != null) {
                output.line(text(lost, status.nodes()));
            }
            SafeModeStatus safeMode = status.safeMode();
            if (safeMode != null) {
                output.line(SafeModeCommand.text(safeMode));
            }
            output.line("");
            showNodes(output, status.nodes());
            output.line("");
            showRepair(output, status.repair());
            LastBackup backup = status.lastBackup();
            if (backup != null) {
                output.line("last backup: " + backup.name() + ", " + Units.age(backup.createdMs()));
            }
            if (status.balance().running()) {
                output.line(MoveBlocksCommand.text(status.balance()));
            }
        }
    }

    /** {@code swarm grid nodes}. */
    @Command(name = "nodes", description = "The nodes, where they are and how full.")
    static final class Nodes extends GridCommand {
        @Override
        int run(Session session) {
            List<NodeStatus> nodes = status(session).nodes();
            if (session.output().json()) {
                nodes.forEach(session.output()::document);
            } else {
                showNodes(session.output(), nodes);
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm grid repair}. */
    @Command(name = "repair", description = "Blocks that lack copies, and the work on them.")
    static final class Repair extends GridCommand {
        @Override
        int run(Session session) {
            RepairStatus repair = status(session).repair();
            if (session.output().json()) {
                session.output().document(repair);
            } else {
                showRepair(session.output(), repair);
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm grid whoami}. */
    @Command(name = "whoami", description = "Who the grid takes this caller for, and what it may do.")
    static final class Whoami extends GridCommand {
        @Override
        int run(Session session) {
            CallerInfo caller = session.call("grid.whoami", new Nothing(), CallerInfo.class);
            if (session.output().json()) {
                session.output().document(caller);
            } else {
                new Table("", "")
                        .row("name", caller.name())
                        .row("tenant", caller.tenant())
                        .row("grants", String.join(", ", caller.grants()))
                        .row("qos", caller.qos())
                        .print(session.output().out());
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm grid version}. */
    @Command(name = "version", description = "The version here and there.")
    static final class ShowVersion extends GridCommand {
        @Override
        int run(Session session) {
            session.show(
                    Map.of("client", Version.text(), "grid", status(session).productVersion()));
            return ExitCode.OK;
        }
    }

    private static void showNodes(Output output, List<NodeStatus> nodes) {
        Table table = new Table("NODE", "STATE", "ZONE", "LOCATION", ">USED", ">CAPACITY", ">BLOCKS", ">PID");
        for (NodeStatus node : nodes) {
            table.row(
                    node.name() + (node.voter() ? "" : " (no vote)"),
                    state(node),
                    node.zone(),
                    node.location(),
                    Units.bytes(node.usedBytes()),
                    Units.bytes(node.capacityBytes()),
                    Units.count(node.blocks()),
                    node.pid() > 0 ? Long.toString(node.pid()) : "-");
        }
        table.print(output.out());
    }

    private static String state(NodeStatus node) {
        String state = Boolean.TRUE.equals(node.witness()) ? node.state() + ", witness" : node.state();
        return node.drain() == null ? state : state + ", " + node.drain().state();
    }

    private static void showRepair(Output output, RepairStatus repair) {
        if (repair.underReplicatedBlocks() == 0) {
            output.line("repair: nothing to do, every block has its copies");
        } else {
            output.line(String.format(
                    Locale.ROOT,
                    "repair: %s blocks lack copies (%s of them have none), %s to copy, %s",
                    Units.count(repair.underReplicatedBlocks()),
                    Units.count(repair.unavailableBlocks()),
                    Units.bytes(repair.pendingBytes()),
                    Units.bytesPerSecond((double) repair.rateBytesPerSecond())));
        }
        if (repair.movingBlocks() > 0) {
            output.line("to move: " + Units.count(repair.movingBlocks()) + " blocks that are safe, "
                    + Units.bytes(repair.movingBytes()));
        }
        if (repair.remainingMs() != null) {
            output.line("about " + Units.duration(Duration.ofMillis(repair.remainingMs())) + " left at "
                    + Units.bytesPerSecond((double) repair.rateBytesPerSecond()));
        }
        output.line("copied so far: " + Units.count(repair.copiedBlocks()) + " blocks, "
                + Units.bytes(repair.copiedBytes()) + "; surplus copies: " + Units.count(repair.surplusReplicas()));
    }
}

package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.node.cli.LocalChecks.Finding;
import io.swarmgrid.node.cli.LocalChecks.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code swarm doctor}: looks at what usually goes wrong, and says what to do about it. */
@Command(name = "doctor", description = "Check this machine and the grid, and say what to do about what is wrong.")
final class DoctorCommand extends GridCommand {

    @Option(names = "--data", paramLabel = "DIR", description = "Whose disk to look at, default ./swarm-data or here")
    private @Nullable Path data;

    @Override
    int run(Session session) throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(LocalChecks.java());
        findings.add(LocalChecks.openedPackages());
        findings.add(LocalChecks.memory());
        List<Finding> grid = grid(session);
        findings.addAll(LocalChecks.ports(grid.get(0).level() == Level.OK));
        Path directory = directory();
        findings.add(LocalChecks.space(directory));
        findings.addAll(LocalChecks.disk(directory));
        findings.addAll(grid);
        show(session.output(), findings);
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAIL) ? ExitCode.FAILED : ExitCode.OK;
    }

    private Path directory() {
        if (data != null) {
            return data;
        }
        Path usual = Path.of("swarm-data");
        return Files.isDirectory(usual) ? usual : Path.of(".");
    }

    private static List<Finding> grid(Session session) {
        GridStatus status;
        long before = System.currentTimeMillis();
        try {
            status = session.call("grid.status", new Nothing(), GridStatus.class);
        } catch (GridException e) {
            String detail = Errors.firstLine(String.valueOf(e.getMessage()));
            return List.of(
                    new Finding("grid", Level.FAIL, detail, "start one: swarm node; or name one: --grid host:port"));
        }
        long tookMs = System.currentTimeMillis() - before;
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                "grid", status.gridName() + " answers through " + status.answeringNode() + " in " + tookMs + " ms"));
        findings.add(
                status.productVersion().equals(Version.text())
                        ? Finding.ok("version", Version.text() + " here and there")
                        : new Finding(
                                "version",
                                Level.WARN,
                                Version.text() + " here, " + status.productVersion() + " there",
                                "use one version of client and nodes"));
        findings.add(
                status.quorum()
                        ? Finding.ok("quorum", "the nodes that answer may decide")
                        : new Finding("quorum", Level.FAIL, "lost", "bring nodes back until a majority is up"));
        long down = status.nodes().stream()
                .filter(node -> !node.state().equals("up"))
                .count();
        String nodes = status.nodes().size() + " known, " + down + " not up";
        findings.add(
                down == 0
                        ? Finding.ok("nodes", nodes)
                        : new Finding("nodes", Level.WARN, nodes, "swarm grid nodes shows which"));
        long lacking = status.repair().underReplicatedBlocks();
        long gone = status.repair().unavailableBlocks();
        findings.add(
                lacking == 0
                        ? Finding.ok("replication", "every block has its copies")
                        : new Finding(
                                "replication",
                                gone > 0 ? Level.FAIL : Level.WARN,
                                Units.count(lacking) + " blocks lack copies, " + Units.count(gone) + " have none",
                                "swarm grid repair shows the work; it needs enough nodes with room"));
        return findings;
    }

    private static void show(Output output, List<Finding> findings) {
        if (output.json()) {
            output.document(Map.of("findings", findings));
            return;
        }
        Table table = new Table("", "CHECK", "FOUND", "WHAT TO DO");
        for (Finding finding : findings) {
            table.row(
                    finding.level().name().toLowerCase(Locale.ROOT),
                    finding.check(),
                    finding.detail(),
                    finding.advice());
        }
        table.print(output.out());
    }
}

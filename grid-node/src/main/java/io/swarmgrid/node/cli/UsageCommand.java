package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Usage;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm du}. */
@Command(name = "du", description = "Show how much lies below a path.")
final class UsageCommand extends GridCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Default /")
    private List<String> paths = List.of("/");

    @Option(
            names = "--quota",
            description = "What it counts for, and what that leaves; adds up nothing, so it is quick")
    private boolean quota;

    @Override
    int run(Session session) {
        Output output = session.output();
        if (quota) {
            List<QuotaStatus> all = new ArrayList<>();
            paths.forEach(path -> all.addAll(new Namespace(session).quotas(path)));
            QuotaCommand.show(output, all);
            return ExitCode.OK;
        }
        Table table = new Table(">SIZE", ">STORED", ">FILES", ">DIRECTORIES", "PATH");
        for (String path : paths) {
            Usage usage = new Namespace(session).usage(path);
            if (output.json()) {
                output.document(usage);
            } else {
                table.row(
                        Units.bytes(usage.sizeBytes()),
                        Units.bytes(usage.storedBytes()),
                        Units.count(usage.files()),
                        Units.count(usage.directories()),
                        usage.path());
            }
        }
        if (!output.json()) {
            table.print(output.out());
        }
        return ExitCode.OK;
    }
}

package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.Usage;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm du}. */
@Command(name = "du", description = "Show how much lies below a path.")
final class UsageCommand extends GridCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Default /")
    private List<String> paths = List.of("/");

    @Override
    int run(Session session) {
        Output output = session.output();
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

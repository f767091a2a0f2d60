package io.swarmgrid.node.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm mkdir}. */
@Command(name = "mkdir", description = "Make directories.")
final class MakeDirectoryCommand extends GridCommand {
    @Option(
            names = {"-p", "--parents"},
            description = "Those above, too; one that is there already is no error")
    private boolean parents;

    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Override
    int run(Session session) {
        for (String path : paths) {
            new Namespace(session).makeDirectory(path, parents);
        }
        return ExitCode.OK;
    }
}

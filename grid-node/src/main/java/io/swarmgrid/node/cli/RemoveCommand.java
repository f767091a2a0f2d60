package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm rm}. */
@Command(name = "rm", description = "Remove entries.")
final class RemoveCommand extends GridCommand {
    @Option(
            names = {"-r", "-R", "--recursive"},
            description = "Directories with all that is in them")
    private boolean recursive;

    @Option(
            names = {"-f", "--force"},
            description = "What is not there is removed already")
    private boolean force;

    @Option(names = "--skip-trash", description = "For good: swarm trash restore does not bring it back")
    private boolean skipTrash;

    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Override
    int run(Session session) {
        for (String path : paths) {
            if (GridPath.parse(path).isRoot()) {
                throw GridException.invalid("refused to remove /");
            }
        }
        Namespace namespace = new Namespace(session);
        for (String path : paths) {
            try {
                namespace.remove(path, recursive, skipTrash);
            } catch (GridException e) {
                if (!force || e.code() != ErrorCode.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return ExitCode.OK;
    }
}

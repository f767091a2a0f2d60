package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm mv}: into a directory that is there, or to a name that is not. */
@Command(name = "mv", description = "Rename an entry, or move it into a directory.")
final class MoveCommand extends GridCommand {
    @Option(
            names = {"-f", "--overwrite"},
            description = "Replace a file that has the new name")
    private boolean overwrite;

    @Parameters(index = "0", paramLabel = "FROM")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO")
    private String to = "";

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        FileStatus there = namespace.statusOrNull(to);
        boolean into = there != null && there.kind() == EntryKind.DIRECTORY;
        String target =
                into ? GridPath.parse(to).child(GridPath.parse(from).name()).toString() : to;
        namespace.rename(from, target, overwrite);
        return ExitCode.OK;
    }
}

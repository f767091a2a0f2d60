package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm cat}. */
@Command(name = "cat", description = "Write files to standard output.")
final class CatCommand extends GridCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Override
    int run(Session session) throws IOException {
        Transfers transfers = new Transfers(session, Transfers.FileOptions.DEFAULT);
        WritableByteChannel out = Channels.newChannel(session.output().out());
        Namespace namespace = new Namespace(session);
        for (String path : paths) {
            FileStatus status = namespace.status(path);
            try (Progress progress =
                    Progress.ofBytes(Progress.Style.silent(session.output().err()), path, status.sizeBytes())) {
                transfers.get(status.path(), out, progress);
            }
        }
        return ExitCode.OK;
    }
}

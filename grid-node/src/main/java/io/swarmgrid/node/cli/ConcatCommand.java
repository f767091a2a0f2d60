package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.FileStatus;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm concat}. */
@Command(
        name = "concat",
        description = "Put the bytes of files behind those of another; they vanish, all at once, and no byte is moved.")
final class ConcatCommand extends GridCommand {
    @Parameters(index = "0", paramLabel = "TARGET", description = "A closed file that is there")
    private String target = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "SOURCE", description = "Closed files, in their order")
    private List<String> sources = List.of();

    @Override
    int run(Session session) {
        FileStatus joined = new Namespace(session).concat(target, sources);
        Output output = session.output();
        if (output.json()) {
            output.document(Map.of("path", joined.path(), "size_bytes", joined.sizeBytes(), "joined", sources.size()));
        } else {
            output.line(joined.path() + ": " + Units.bytes(joined.sizeBytes()));
        }
        return ExitCode.OK;
    }
}

package io.swarmgrid.node.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm detach}. */
@Command(name = "detach", description = "Take the mount of an outer store away; what is in the store stays as it is.")
final class DetachCommand extends GridCommand {
    @Parameters(paramLabel = "PATH", description = "Of the mount itself")
    private String path = "";

    @Override
    int run(Session session) {
        new Namespace(session).detach(path);
        Output output = session.output();
        if (output.json()) {
            output.document(Map.of("detached", path));
        } else {
            output.say("detached " + path);
        }
        return ExitCode.OK;
    }
}

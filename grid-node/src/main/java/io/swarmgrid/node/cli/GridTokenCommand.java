package io.swarmgrid.node.cli;

import picocli.CommandLine.Command;

/** Placeholder. */
@Command(name = "token", description = "Make a token.")
final class GridTokenCommand extends GridCommand {
    @Override
    int run(Session session) {
        return ExitCode.OK;
    }
}

package io.swarmgrid.node.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Prints a completion script for bash and zsh. */
@Command(name = "completion", description = "Print a completion script for bash and zsh: source <(swarm completion)")
final class CompletionCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        SwarmCommand.of(spec)
                .output()
                .out()
                .print(AutoComplete.bash("swarm", spec.root().commandLine()));
        return ExitCode.OK;
    }
}

package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** A command that talks to a grid: opens a session for its run and closes it. */
abstract class GridCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** @return an {@link ExitCode} */
    abstract int run(Session session) throws Exception;

    @Override
    public final Integer call() throws Exception {
        try (Session session = Session.of(SwarmCommand.of(spec))) {
            return explained(session);
        }
    }

    private int explained(Session session) throws Exception {
        try {
            return run(session);
        } catch (GridException e) {
            throw NearName.explained(session, e);
        }
    }

    /** What a wrong mixture of options is answered with. */
    final CommandLine.ParameterException misuse(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}

package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.SafeModeRequest;
import io.swarmgrid.client.wire.SafeModeStatus;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code swarm grid safe-mode}: a grid that is read, and not changed. */
@Command(
        name = "safe-mode",
        description = "Keep names and files as they are: the grid is read, and not changed, until it is left.",
        subcommands = {SafeModeCommand.Enter.class, SafeModeCommand.Leave.class, SafeModeCommand.Get.class})
final class SafeModeCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name one of: enter, leave, get");
    }

    static String text(SafeModeStatus status) {
        if (!status.on()) {
            return "safe mode is off";
        }
        return "SAFE MODE is on, since " + (status.sinceMs() == null ? "?" : Units.time(status.sinceMs())) + ", by "
                + status.by() + ": names and files stay as they are until swarm grid safe-mode leave";
    }

    private static int ask(Session session, @Nullable Boolean on) {
        SafeModeStatus status = session.call("grid.safe_mode", new SafeModeRequest(on), SafeModeStatus.class);
        if (session.output().json()) {
            session.output().document(status);
        } else {
            session.output().line(text(status));
        }
        return ExitCode.OK;
    }

    /** {@code swarm grid safe-mode enter}. */
    @Command(
            name = "enter",
            description = {
                "Take no change of names or files any more, from anybody, over restarts too; when it returns, none is under way.",
                "Reads and repair go on; what lies in the trash stays there."
            })
    static final class Enter extends GridCommand {
        @Override
        int run(Session session) {
            return ask(session, true);
        }
    }

    /** {@code swarm grid safe-mode leave}. */
    @Command(name = "leave", description = "Take changes again.")
    static final class Leave extends GridCommand {
        @Override
        int run(Session session) {
            return ask(session, false);
        }
    }

    /** {@code swarm grid safe-mode get}. */
    @Command(name = "get", description = "Whether it is on, since when, and who asked for it.")
    static final class Get extends GridCommand {
        @Override
        int run(Session session) {
            return ask(session, null);
        }
    }
}

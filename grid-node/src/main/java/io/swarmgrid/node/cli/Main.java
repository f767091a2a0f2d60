package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine;

/** The {@code swarm} command: finds the command that was asked for, runs it, and turns its end into an exit status. */
public final class Main {
    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    private Main() {}

    public static void main(String[] args) {
        int exit = run(args, System.out, System.err, System.getenv());
        System.out.flush();
        System.exit(exit);
    }

    /** Runs one command line and returns its exit status, one of {@link ExitCode}. */
    static int run(String[] args, PrintStream out, PrintStream err, Map<String, String> environment) {
        String[] words = args.length == 0 ? new String[] {"--help"} : args;
        Catalog.Entry entry = Catalog.asked(words);
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            if (entry != null && runsForLong(entry, words)) {
                System.setProperty(LOG_CONFIGURATION, "io/swarmgrid/node/cli/log-node.xml");
            } else {
                System.setProperty(ClientLog.PROPERTY, ClientLog.CLIENT);
            }
        }
        SwarmCommand swarm = new SwarmCommand(out, err, environment);
        CommandLine line = new CommandLine(swarm);
        if (entry == null) {
            Catalog.ENTRIES.forEach(each -> line.addSubcommand(each.name(), each.load()));
        } else {
            line.addSubcommand(entry.name(), entry.load());
        }
        line.setOut(writer(out));
        line.setErr(writer(err));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(
                (thrown, command, parsed) -> swarm.output().failed(thrown));
        line.setParameterExceptionHandler((wrong, misused) -> usage(wrong, err));
        line.setExitCodeExceptionMapper(thrown -> ExitCode.INTERNAL);
        int exit = line.execute(words);
        out.flush();
        return exit;
    }

    private static boolean runsForLong(Catalog.Entry entry, String[] words) {
        return entry.name().equals("node")
                || (entry.name().equals("mount") && Arrays.asList(words).contains(MountCommand.FOREGROUND));
    }

    private static int usage(CommandLine.ParameterException wrong, PrintStream err) {
        Throwable cause = wrong.getCause();
        String message = cause instanceof GridException grid ? grid.getMessage() : wrong.getMessage();
        CommandLine command = wrong.getCommandLine();
        StringBuilder line = new StringBuilder(Errors.firstLine(String.valueOf(message)));
        if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
            java.util.List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                line.append(" (did you mean ").append(String.join(" or ", near)).append("?)");
            }
        }
        err.println(line + "; see: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new java.io.OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}

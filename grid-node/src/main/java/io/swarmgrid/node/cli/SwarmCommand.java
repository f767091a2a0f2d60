package io.swarmgrid.node.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, before or after its name. */
@Command(
        name = "swarm",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        description = "One grid for AI datasets, checkpoints and the tasks that use them.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:the operation failed",
            "2:the command line or a value in it is wrong",
            "3:not found",
            "4:exists already, is not empty, or is not as expected",
            "5:no valid token, or a grant is missing",
            "6:no node of the grid could be reached",
            "7:not now, retry later: overloaded, no quorum, no space, time-out",
            "8:data is damaged",
            "70:a fault in the program itself"
        })
public final class SwarmCommand implements Runnable {
    static final Set<String> OPTIONS_WITH_VALUE = Set.of("--grid", "--token-file", "--tls-ca", "--qos", "--timeout");

    private static final String DEFAULT_GRID = "127.0.0.1:7070";

    @Option(
            names = "--grid",
            scope = ScopeType.INHERIT,
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Nodes to ask, the next where one is silent. SWARM_GRID; default " + DEFAULT_GRID)
    private @Nullable List<String> grid;

    @Option(
            names = "--token-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "File with the bearer token. SWARM_TOKEN_FILE, or the token itself in SWARM_TOKEN")
    private @Nullable Path tokenFile;

    @Option(
            names = "--tls-ca",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Speak TLS and trust this certificate (PEM). SWARM_TLS_CA")
    private @Nullable Path tlsCa;

    @Option(
            names = "--qos",
            scope = ScopeType.INHERIT,
            paramLabel = "CLASS",
            description = "QoS class of the transfers: realtime, interactive, bulk, background. SWARM_QOS")
    private @Nullable String qos;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            description = "How long a call may take, default 60")
    private int timeoutSeconds = 60;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answer in JSON")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "No progress, no words of success")
    private boolean quiet;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    SwarmCommand(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = Map.copyOf(environment);
    }

    /** The options of a command's root. */
    public static SwarmCommand of(CommandLine.Model.CommandSpec spec) {
        return (SwarmCommand) spec.root().userObject();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }

    public Output output() {
        return new Output(out, err, json, quiet, environment);
    }

    public Map<String, String> environment() {
        return environment;
    }

    /** Whether a grid was named, and is not only the default. */
    public boolean namesGrid() {
        return grid != null || environment.containsKey("SWARM_GRID");
    }

    List<String> grid() {
        if (grid != null) {
            return grid;
        }
        return List.of(environment.getOrDefault("SWARM_GRID", DEFAULT_GRID).split(","));
    }

    @Nullable
    Path tokenFile() {
        return tokenFile != null ? tokenFile : path("SWARM_TOKEN_FILE");
    }

    @Nullable
    Path tlsCa() {
        return tlsCa != null ? tlsCa : path("SWARM_TLS_CA");
    }

    @Nullable
    String qos() {
        return qos != null ? qos : environment.get("SWARM_QOS");
    }

    Duration timeout() {
        return Duration.ofSeconds(timeoutSeconds);
    }

    private @Nullable Path path(String variable) {
        String value = environment.get(variable);
        return value == null || value.isEmpty() ? null : Path.of(value);
    }
}

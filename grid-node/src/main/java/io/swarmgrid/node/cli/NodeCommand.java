package io.swarmgrid.node.cli;

import io.swarmgrid.config.ConfigLoader;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.GridNode;
import io.swarmgrid.node.NodeEnd;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a node in this process until it is told to end. */
@Command(name = "node", description = "Run a node of the grid here, until it is told to end.")
final class NodeCommand implements Callable<Integer> {
    /** Variables of the command line that are no configuration of a node. */
    private static final Set<String> NOT_CONFIGURATION = Set.of(
            "SWARM_QOS",
            "SWARM_DEBUG",
            "SWARM_LOG",
            "SWARM_STDERR_TTY",
            "SWARM_PYTHON",
            "SWARM_TLS_CA",
            "SWARM_ARCHIVE");

    private static final Logger log = LoggerFactory.getLogger(NodeCommand.class);
    private static final long CLOSE_PATIENCE_MS = 10_000;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration, YAML. SWARM_CONFIG")
    private @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "Where it keeps everything, default ./swarm-data")
    private @Nullable Path data;

    @Option(names = "--name", description = "Its name, unique in the grid; default the machine's")
    private @Nullable String name;

    @Option(names = "--zone", description = "Where it stands: replicas go to distinct zones first")
    private @Nullable String zone;

    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "Its Flight door, default 127.0.0.1:7070")
    private @Nullable String listen;

    @Option(
            names = "--join",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Grid addresses (port 7071) of nodes that are already part of the grid")
    private @Nullable List<String> join;

    @Option(names = "--insecure", description = "Listen beyond loopback without TLS and tokens all the same")
    private boolean insecure;

    @Option(
            names = "--recover",
            description = "Start although its metadata is gone: keep its blocks and join the grid; see swarm recover")
    private boolean recover;

    @Option(
            names = "--supervise",
            description = "Start it again when it dies or was cut off from the grid; done by the launcher, swarm")
    private boolean supervise;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any key of the configuration, repeatable")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException {
        if (supervise) {
            // The launcher keeps it to itself: a JVM cannot start itself again.
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--supervise is the launcher's: start the node by swarm node --supervise");
        }
        JulBridge.open();
        SwarmCommand swarm = SwarmCommand.of(spec);
        SwarmConfig configuration = configuration(swarm.environment());
        GridNode node = GridNode.start(configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "node-stop"));
        String ready = "ready: node=" + configuration.nodeName() + " grid="
                + configuration.grid().name() + " flight=" + node.location();
        swarm.output().out().println(ready);
        swarm.output().out().flush();
        NodeEnd end = node.awaitTermination();
        if (end == NodeEnd.CUT_OFF) {
            log.error("cut off from the grid: ending, so that a supervisor starts this node again");
            endSoon();
        }
        node.close();
        return switch (end) {
            case STOPPED -> ExitCode.OK;
            case CUT_OFF -> ExitCode.CUT_OFF;
        };
    }

    /** What was cut off may not be able to close in order: then the process ends without that. */
    private static void endSoon() {
        Thread end = new Thread(
                () -> {
                    try {
                        Thread.sleep(CLOSE_PATIENCE_MS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(ExitCode.CUT_OFF);
                },
                "node-end");
        end.setDaemon(true);
        end.start();
    }

    private SwarmConfig configuration(Map<String, String> environment) {
        Map<String, String> configured = new LinkedHashMap<>(environment);
        configured.keySet().removeAll(NOT_CONFIGURATION);
        Map<String, String> overrides = new LinkedHashMap<>();
        override(overrides, "node.data", data);
        override(overrides, "node.name", name);
        override(overrides, "node.zone", zone);
        override(overrides, "listen.flight", listen);
        override(overrides, "grid.seeds", join == null ? null : String.join(",", join));
        override(overrides, "security.insecure", insecure ? "true" : null);
        override(overrides, "node.recover", recover ? "true" : null);
        overrides.putAll(settings);
        String file = environment.get("SWARM_CONFIG");
        Optional<Path> path =
                Optional.ofNullable(config).or(() -> Optional.ofNullable(file).map(Path::of));
        return new ConfigLoader(configured).load(path, overrides);
    }

    private static void override(Map<String, String> overrides, String key, @Nullable Object value) {
        if (value != null) {
            overrides.put(key, value.toString());
        }
    }
}

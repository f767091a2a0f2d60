package io.swarmgrid.node.demo;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.node.cli.ExitCode;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.SwarmCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code swarm demo}. */
@Command(
        name = "demo",
        description = "Show the main job end to end: three nodes, real data, a task, a checkpoint, a node killed.")
public final class DemoCommand implements Callable<Integer> {
    private static final String DATA = "data/flights-3m.parquet";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--keep", description = "Leave the directory with the nodes' data and logs")
    private boolean keep;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where to make that directory; default the system's")
    private @Nullable Path parent;

    @Option(names = "--data", paramLabel = "FILE", description = "The flights as Parquet, default " + DATA)
    private @Nullable Path data;

    @Override
    public Integer call() throws Exception {
        Output output = SwarmCommand.of(spec).output();
        Path flights = flights();
        Path directory = parent == null
                ? Files.createTempDirectory("swarm-demo")
                : Files.createTempDirectory(Files.createDirectories(parent), "swarm-demo");
        Report report = new Report(output);
        long start = System.nanoTime();
        Demo demo = new Demo(flights, directory, output, report);
        // Ctrl-C ends the nodes and leaves nothing behind, as the end does.
        Thread interrupted = new Thread(() -> end(demo, directory), "demo-interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            demo.run();
        } catch (GridException e) {
            report.check("stopped", "", "", String.valueOf(e.getMessage()), false);
        } finally {
            end(demo, directory);
        }
        report.print(System.nanoTime() - start);
        if (keep) {
            output.say("kept: " + directory);
        }
        return report.allHeld() ? ExitCode.OK : ExitCode.FAILED;
    }

    private Path flights() {
        Path home = Path.of(System.getProperty("swarm.home", "."));
        for (Path candidate : data == null ? List.of(home.resolve(DATA), Path.of(DATA)) : List.of(data)) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        throw new GridException(
                ErrorCode.NOT_FOUND,
                "no such local file: " + (data == null ? home.resolve(DATA) : data),
                null,
                "--data names the flights",
                null);
    }

    private void end(Demo demo, Path directory) {
        demo.close();
        removeUnlessKept(directory);
    }

    private void removeUnlessKept(Path directory) {
        if (keep || !Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            SwarmCommand.of(spec).output().warn("cannot remove " + directory + ": " + e.getMessage());
        }
    }
}

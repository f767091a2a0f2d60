package io.swarmgrid.node.cli;

import io.swarmgrid.config.ConfigLoader;
import io.swarmgrid.config.Ports;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.GridNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Loads what a node and the commands load, so that the launcher can put it into an archive of classes: two nodes in this
 * very process, in a temporary directory, are asked what users ask most.
 */
@Command(name = "warm-archive", hidden = true, description = "For the launcher: load what nodes and commands load.")
final class WarmArchiveCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("swarm-classes");
        try {
            List<Integer> ports = Ports.free(8);
            String seed = "127.0.0.1:" + ports.get(1);
            try (GridNode first = GridNode.start(configuration(directory, "n1", ports.subList(0, 4), seed));
                    GridNode second = GridNode.start(configuration(directory, "n2", ports.subList(4, 8), seed))) {
                return ask(directory, first.location() + "," + second.location());
            }
        } finally {
            delete(directory);
        }
    }

    private static SwarmConfig configuration(Path directory, String name, List<Integer> ports, String seed) {
        return new ConfigLoader(Map.of())
                .load(
                        Optional.empty(),
                        Map.of(
                                "node.name",
                                name,
                                "node.data",
                                directory.resolve(name).toString(),
                                "grid.seeds",
                                seed,
                                "listen.flight",
                                "127.0.0.1:" + ports.get(0),
                                "listen.grid",
                                "127.0.0.1:" + ports.get(1),
                                "listen.transport",
                                "127.0.0.1:" + ports.get(2),
                                "listen.http",
                                "127.0.0.1:" + ports.get(3)));
    }

    private static int ask(Path directory, String locations) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Map<String, String> environment = Map.of("SWARM_GRID", locations.replace("grpc://", ""));
        String file = Files.write(directory.resolve("file"), new byte[100_000]).toString();
        String table = Files.writeString(directory.resolve("table.csv"), "a,b\n1,x\n2,y\n")
                .toString();
        List<List<String>> commands = List.of(
                List.of("node", "--help"),
                List.of("put", file, "/file"),
                List.of("ls", "-l", "/"),
                List.of("stat", "/file"),
                List.of("stat", "/file", "--json"),
                List.of("get", "-f", "/file", file),
                List.of("cat", "/file"),
                List.of("dataset", "put", "/table", table),
                List.of("dataset", "head", "/table"),
                List.of("grid", "status"),
                List.of("rm", "-r", "/file", "/table"));
        int exit = ExitCode.OK;
        for (List<String> words : commands) {
            exit = Math.max(exit, Main.run(words.toArray(String[]::new), nowhere, nowhere, environment));
        }
        return exit;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

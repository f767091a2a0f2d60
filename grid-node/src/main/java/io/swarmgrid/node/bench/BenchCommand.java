package io.swarmgrid.node.bench;

import io.swarmgrid.client.GridException;
import io.swarmgrid.node.cli.ExitCode;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.SwarmCommand;
import io.swarmgrid.node.cli.Table;
import io.swarmgrid.node.cli.Units;
import io.swarmgrid.node.local.LocalGrid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm bench}. */
@Command(
        name = "bench",
        description = "Measure how fast a grid is here, beside what one would otherwise use.",
        footer = "Without --grid each part runs on nodes of its own, in a temporary directory.")
public final class BenchCommand implements Callable<Integer> {
    private static final List<String> PARTS = List.of("flight", "write", "files");
    private static final List<String> MORE_PARTS = List.of(DirectoryBench.PART, CacheBench.PART, MountBench.PART);
    private static final String KNOWN =
            "flight, write, files, directory, cache, mount, hadoop, storage, " + String.join(", ", StorageBench.PARTS);

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "PART",
            description = {
                "flight, write, files; default these three.",
                "directory: one of a million entries.",
                "cache: what nearness brings.",
                "mount: a mounted grid beside the local disk (Linux, FUSE).",
                "hadoop: Hadoop's calls to the grid, beside HDFS in a checkout (which is downloaded then).",
                "storage: much longer, beside HDFS, too; or one of its parts:",
                "storage-stream, storage-random, storage-files, storage-repair, storage-memory"
            })
    private List<String> parts = List.of();

    @Option(names = "--quick", description = "Less data, fewer rounds")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each is measured, default 5 (quick: 3)")
    private @Nullable Integer rounds;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "On whose disk; default the system's temporary directory")
    private @Nullable Path parent;

    @Override
    public Integer call() throws Exception {
        SwarmCommand swarm = SwarmCommand.of(spec);
        Output output = swarm.output();
        Set<String> asked = new LinkedHashSet<>(parts.isEmpty() ? PARTS : parts);
        Set<String> storage = storageParts(asked, swarm);
        Path directory = Files.createTempDirectory(
                parent == null ? Path.of(System.getProperty("java.io.tmpdir")) : Files.createDirectories(parent),
                "swarm-bench");
        List<Result> all = new ArrayList<>();
        if (!output.json()) {
            output.line(machine());
        }
        // A part may take many minutes, so its figures are shown when it ends.
        Consumer<List<Result>> measured = output.json() ? all::addAll : results -> show(output, results);
        try {
            Bench bench = new Bench(swarm, directory, scale());
            for (String part : asked) {
                measured.accept(bench.run(part));
            }
            if (!storage.isEmpty()) {
                new StorageBench(directory, storageScale(), output, measured).run(storage);
            }
        } finally {
            Peers.deleteTree(directory);
        }
        if (output.json()) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("machine", machine());
            answer.put("results", all);
            output.document(answer);
        }
        return ExitCode.OK;
    }

    /** Takes the parts of storage out of those that were asked for, and refuses what there is not. */
    private static Set<String> storageParts(Set<String> asked, SwarmCommand swarm) {
        Set<String> storage = new LinkedHashSet<>(asked);
        storage.retainAll(StorageBench.PARTS);
        if (asked.remove(StorageBench.HADOOP)) {
            storage.add(StorageBench.HADOOP);
        }
        if (asked.remove(StorageBench.ALL)) {
            storage.addAll(StorageBench.PARTS);
        }
        asked.removeAll(storage);
        asked.stream()
                .filter(part -> !PARTS.contains(part) && !MORE_PARTS.contains(part))
                .findFirst()
                .ifPresent(unknown -> {
                    throw GridException.invalid("unknown part '" + unknown + "' (known: " + KNOWN + ")");
                });
        if (!storage.isEmpty() && swarm.namesGrid()) {
            throw GridException.invalid(
                    "the parts of storage, and hadoop, lose nodes or compare with what runs beside them: leave out --grid");
        }
        return storage;
    }

    private Scale scale() {
        Scale scale = quick ? Scale.QUICK : Scale.FULL;
        return rounds == null ? scale : scale.withRounds(Math.max(1, rounds));
    }

    private StorageScale storageScale() {
        StorageScale scale = quick ? StorageScale.QUICK : StorageScale.FULL;
        return rounds == null ? scale : scale.withRounds(Math.max(1, rounds));
    }

    private static void show(Output output, List<Result> results) {
        if (results.isEmpty()) {
            return;
        }
        Table table = new Table("PART", "WHAT", "WHO", ">MEDIAN", ">LOWEST", ">HIGHEST", ">ROUNDS", ">RATIO");
        for (Result result : results) {
            if (result.ratioToPeer() != null) {
                table.row(result.part(), result.what(), "", "", "", "", "", result.ratioText());
                continue;
            }
            table.row(
                    result.part(),
                    result.what(),
                    result.who(),
                    figure(result.median(), result.unit()),
                    figure(result.lowest(), result.unit()),
                    figure(result.highest(), result.unit()),
                    Integer.toString(result.rates().size()),
                    "");
        }
        output.line("");
        table.print(output.out());
    }

    private static String figure(double value, String unit) {
        return switch (unit) {
            case "B/s" -> Units.bytesPerSecond(value);
            case "B" -> Units.bytes(Math.round(value));
            case "ms" -> String.format(Locale.ROOT, "%.1f ms", value);
            case "%" -> String.format(Locale.ROOT, "%.1f %%", value);
            default -> String.format(Locale.ROOT, "%,.0f %s", value, unit);
        };
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ", Java " + Runtime.version();
    }

    /** The parts, on the grid that was named or on ones started for them. */
    private static final class Bench {
        private final SwarmCommand swarm;
        private final Path directory;
        private final Scale scale;

        Bench(SwarmCommand swarm, Path directory, Scale scale) {
            this.swarm = swarm;
            this.directory = directory;
            this.scale = scale;
        }

        List<Result> run(String part) throws Exception {
            String missing = part.equals(MountBench.PART) ? MountBench.missing() : null;
            if (missing != null) {
                swarm.output().say("mount: NOT MEASURED, " + missing);
                return List.of();
            }
            if (part.equals(DirectoryBench.PART)) {
                return new DirectoryBench(directory, scale, swarm.output()).run();
            }
            if (part.equals(CacheBench.PART)) {
                return new CacheBench(directory, scale, swarm.output()).run();
            }
            Peers peers = new Peers(directory);
            if (swarm.namesGrid()) {
                try (Session session = Session.of(swarm)) {
                    return measure(part, session, session.addresses().get(0), peers, "the named grid");
                }
            }
            List<Result> results = new ArrayList<>();
            for (int nodes : part.equals("files") ? new int[] {1, 3} : new int[] {1}) {
                String label = nodes == 1 ? "1 node" : nodes + " nodes";
                swarm.output().say(part + ": starting " + label);
                Path data = Files.createTempDirectory(directory, part);
                try (LocalGrid grid = LocalGrid.start(data, nodes, Map.of("grid.name", "bench"));
                        Session session = Session.connect(grid.addresses(), swarm.output())) {
                    results.addAll(measure(part, session, grid.addresses().get(0), peers, label));
                }
                Peers.deleteTree(data);
            }
            return results;
        }

        private List<Result> measure(String part, Session session, String address, Peers peers, String where)
                throws Exception {
            Output output = swarm.output();
            return switch (part) {
                case "flight" -> new FlightBench(session, address, peers, scale, output).run();
                case "write" -> new WriteBench(session, peers, scale, output).run();
                case "files" -> new FilesBench(session, scale, output).run(where);
                case MountBench.PART -> new MountBench(session, directory, scale, output).run();
                default -> throw new IllegalArgumentException("part " + part);
            };
        }
    }
}

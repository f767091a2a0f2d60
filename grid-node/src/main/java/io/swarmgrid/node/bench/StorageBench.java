package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.node.cli.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The promises of storage, beside HDFS and plain files: each part in grids of its own, the peers in the same rounds. */
final class StorageBench {
    /** All parts together. */
    static final String ALL = "storage";

    static final String STREAM = "storage-stream";
    static final String RANDOM = "storage-random";
    static final String FILES = "storage-files";
    static final String REPAIR = "storage-repair";
    static final String MEMORY = "storage-memory";
    /** Hadoop's calls: no part of storage, but measured in the same way. */
    static final String HADOOP = "hadoop";

    static final List<String> PARTS = List.of(STREAM, RANDOM, FILES, REPAIR, MEMORY);

    private static final int MANY_NODES = 3;

    private final Path directory;
    private final StorageScale scale;
    private final Output output;
    /** One for all parts: what fills the memory once stays there. */
    private final PageCache cache;

    private final Consumer<List<Result>> measured;

    /** @param measured told of the figures as each part ends */
    StorageBench(Path directory, StorageScale scale, Output output, Consumer<List<Result>> measured) {
        this.directory = directory;
        this.scale = scale;
        this.output = output;
        this.measured = measured;
        this.cache = new PageCache(directory);
    }

    /** @param parts some of {@link #PARTS}, and {@link #HADOOP} */
    void run(Set<String> parts) throws IOException, InterruptedException {
        boolean besideHdfs = Stream.of(STREAM, RANDOM, FILES, HADOOP).anyMatch(parts::contains);
        if (besideHdfs) {
            Path home = Path.of(System.getProperty("swarm.home", "."));
            Optional<HdfsJars> jars = HdfsJars.find(home, output);
            onNodes(1, parts, jars);
            if (parts.contains(STREAM) || parts.contains(FILES)) {
                onNodes(MANY_NODES, parts, jars);
            }
        }
        if (parts.contains(REPAIR)) {
            Tally tally = new Tally(REPAIR);
            new RepairBench(directory, scale, output, tally, cache).run();
            measured.accept(tally.results());
        }
        if (parts.contains(MEMORY)) {
            Tally tally = new Tally(MEMORY);
            new MemoryBench(directory, scale, output, tally).run();
            measured.accept(tally.results());
        }
    }

    private void onNodes(int nodes, Set<String> parts, Optional<HdfsJars> jars)
            throws IOException, InterruptedException {
        output.say(
                "starting " + (nodes == 1 ? "1 node" : nodes + " nodes") + (jars.isPresent() ? ", and of HDFS" : ""));
        try (Arena arena = Arena.start(directory, nodes, jars)) {
            if (parts.contains(STREAM)) {
                for (int replicas = Math.min(2, nodes); replicas <= nodes; replicas++) {
                    Tally tally = new Tally(STREAM);
                    new StreamBench(arena, scale, output, tally, cache).run(replicas);
                    measured.accept(tally.results());
                }
            }
            if (parts.contains(RANDOM) && nodes == 1) {
                Tally tally = new Tally(RANDOM);
                new RandomBench(arena, scale, output, tally).run();
                measured.accept(tally.results());
            }
            if (parts.contains(HADOOP) && nodes == 1) {
                if (jars.isEmpty()) {
                    throw new GridException(
                            ErrorCode.UNSUPPORTED,
                            "bench hadoop needs Hadoop's libraries, which a checkout asks Maven for");
                }
                Tally tally = new Tally(HADOOP);
                new HadoopBench(arena, scale, output, tally, cache).run();
                measured.accept(tally.results());
            }
            if (parts.contains(FILES)) {
                Tally tally = new Tally(FILES);
                new SmallFilesBench(arena, scale, output, tally).run();
                measured.accept(tally.results());
            }
        }
    }
}

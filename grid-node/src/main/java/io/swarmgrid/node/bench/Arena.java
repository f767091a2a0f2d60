package io.swarmgrid.node.bench;

import io.swarmgrid.node.bench.worker.StoreWorker;
import io.swarmgrid.node.local.JavaCommand;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A grid and an HDFS of as many nodes, on one disk, and beside each of them a process that works on it, all as large as each
 * other. Closing it ends them and removes their files.
 */
final class Arena implements AutoCloseable {
    static final String SWARM = "swarm";
    /** The same calls as HDFS gets. */
    static final String SWARM_HADOOP = "swarm://";

    static final String HDFS = "HDFS";
    static final String PLAIN = "plain file";

    private static final String HADOOP_WORKER = "io.swarmgrid.bench.HadoopWorker";
    /**
     * A close that comes before the datanode's report of the block waits that long, then twice as long, and so on. By default 400 ms,
     * which would be all that its small files measure.
     */
    private static final String HDFS_CLOSE_WAIT = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms=10";

    private static final List<String> WORKER_OPTIONS =
            List.of("-Xms512m", "-Xmx512m", "-XX:MaxDirectMemorySize=512m", "-XX:+UseParallelGC", "-Dswarm.log=client");
    /** Else each round's files would be on the disk until the end. HDFS removes at once. */
    private static final Map<String, String> SETTINGS =
            Map.of("grid.name", "bench", "storage.trash-grace", "1s", "repair.interval", "1s");

    private final Path directory;
    private final int nodes;
    private final List<Contestant> contestants = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * Who takes part.
     *
     * @param root the directory of its files: two of them are in one grid
     */
    record Contestant(String name, String root, WorkerProcess worker) {
        boolean isPlain() {
            return name.equals(PLAIN);
        }
    }

    private Arena(Path directory, int nodes) {
        this.directory = directory;
        this.nodes = nodes;
    }

    /** @param jars of HDFS; where there are none it is not among the contestants */
    static Arena start(Path parent, int nodes, Optional<HdfsJars> jars) throws IOException, InterruptedException {
        Arena arena = new Arena(Files.createTempDirectory(parent, "storage"), nodes);
        boolean started = false;
        try {
            arena.startAll(jars);
            started = true;
            return arena;
        } finally {
            if (!started) {
                arena.close();
            }
        }
    }

    private void startAll(Optional<HdfsJars> jars) throws IOException, InterruptedException {
        LocalGrid grid = LocalGrid.start(Files.createDirectory(directory.resolve("grid")), nodes, SETTINGS);
        opened.push(grid);
        String addresses = String.join(",", grid.addresses());
        addWorker(SWARM, gridWorker(addresses));
        if (jars.isPresent()) {
            HdfsCluster hdfs = HdfsCluster.start(
                    directory.resolve("hdfs"), nodes, jars.get().hdfs());
            opened.push(hdfs);
            List<Path> more = jars.get().worker();
            addWorker(SWARM_HADOOP, hadoopWorker(more, "swarm://bench/", "fs.swarm.addresses=" + addresses));
            // As many copies as the grid makes of a file's blocks by default.
            addWorker(
                    HDFS,
                    hadoopWorker(
                            more, hdfs.uri().toString(), "dfs.replication=" + Math.min(2, nodes), HDFS_CLOSE_WAIT));
        }
        Path plain = Files.createDirectory(directory.resolve("plain"));
        addWorker(
                PLAIN,
                new ProcessBuilder(JavaCommand.of(
                        StoreWorker.class.getName(), WORKER_OPTIONS, List.of(StoreWorker.PLAIN, plain.toString()))));
    }

    /** The command of a worker on a grid. */
    static ProcessBuilder gridWorker(String addresses) {
        return new ProcessBuilder(
                JavaCommand.of(StoreWorker.class.getName(), WORKER_OPTIONS, List.of(StoreWorker.GRID, addresses)));
    }

    private static ProcessBuilder hadoopWorker(List<Path> jars, String... arguments) {
        return new ProcessBuilder(JavaCommand.of(HADOOP_WORKER, WORKER_OPTIONS, List.of(arguments), jars));
    }

    private void addWorker(String name, ProcessBuilder command) throws IOException {
        Path log = directory.resolve("worker-" + opened.size() + ".log");
        WorkerProcess worker = WorkerProcess.start(name, command, log);
        opened.push(worker);
        contestants.add(new Contestant(name, "/contestant-" + contestants.size(), worker));
    }

    int nodes() {
        return nodes;
    }

    /** {@code 3 nodes}. */
    String label() {
        return nodes == 1 ? "1 node" : nodes + " nodes";
    }

    /** Where all files of all contestants are. */
    Path directory() {
        return directory;
    }

    List<Contestant> contestants() {
        return contestants;
    }

    /** Those that keep more than one copy, and that more than one caller is served by. */
    List<Contestant> services() {
        return contestants.stream().filter(each -> !each.isPlain()).toList();
    }

    @Override
    public void close() throws IOException {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new IOException("cannot end the arena", e);
            }
        }
        Peers.deleteTree(directory);
    }
}

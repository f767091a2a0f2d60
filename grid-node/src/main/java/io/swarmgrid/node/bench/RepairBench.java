package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One of three nodes is lost; the two others make new copies of the blocks it had, beside a plain copy of the same files into
 * another directory. What is measured is the copying: from the first byte that grows on a survivor's disk until all lost
 * copies are recorded. That a node is missed at all takes {@code grid.failure-timeout} and {@code repair.node-grace} before.
 */
final class RepairBench {
    private static final String FILE = "/repair/file";
    private static final String WHAT = "copies of a lost node's blocks";
    private static final String UNIT = "B/s";
    private static final Map<String, String> SETTINGS =
            Map.of("grid.name", "bench", "repair.node-grace", "1s", "repair.interval", "1s");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_EVERY_MS = 10;

    private final Path directory;
    private final StorageScale scale;
    private final Output output;
    private final Tally tally;
    private final PageCache cache;

    RepairBench(Path directory, StorageScale scale, Output output, Tally tally, PageCache cache) {
        this.directory = directory;
        this.scale = scale;
        this.output = output;
        this.tally = tally;
        this.cache = cache;
    }

    void run() throws IOException, InterruptedException {
        for (int round = 1; round <= scale.repairRounds(); round++) {
            output.say("repair: round " + round + " of " + scale.repairRounds());
            Path data = Files.createTempDirectory(directory, "repair");
            cache.fill();
            try (LocalGrid grid = LocalGrid.start(data, 3, SETTINGS)) {
                round(grid, data);
            } finally {
                Peers.deleteTree(data);
            }
        }
    }

    private void round(LocalGrid grid, Path data) throws IOException, InterruptedException {
        String addresses = String.join(",", grid.addresses());
        try (WorkerProcess worker =
                WorkerProcess.start("worker", Arena.gridWorker(addresses), data.resolve("worker.log"))) {
            worker.run(Order.write(FILE, scale.repairBytes(), 2));
        }
        NodeProcess lost = grid.node("n3");
        double lostBlocks = NodePage.sum(new NodePage(lost.http()).text(), "swarm_store_blocks ");
        lost.kill();
        tally.add(WHAT, "swarm", UNIT, awaitRepair(grid, data, lostBlocks));
        copy(blocks(data, "n3"), data.resolve("copy"));
    }

    /** Bytes a second of the new copies, from the first byte to the last. */
    private static double awaitRepair(LocalGrid grid, Path data, double lostBlocks)
            throws IOException, InterruptedException {
        NodePage one = new NodePage(grid.node("n1").http());
        NodePage other = new NodePage(grid.node("n2").http());
        long before = survivorsBytes(data);
        long begun = System.nanoTime();
        long start = begun;
        boolean growing = false;
        while (System.nanoTime() - begun < PATIENCE.toNanos()) {
            long now = System.nanoTime();
            if (!growing) {
                growing = survivorsBytes(data) > before;
                start = now;
            } else if (sum(one, other, "swarm_repair_copied_blocks ") >= lostBlocks) {
                return sum(one, other, "swarm_repair_copied_bytes ") / ((now - start) / 1e9);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
        throw new GridException(
                ErrorCode.TIMEOUT, "not repaired after " + PATIENCE.toMinutes() + " min: blocks=" + lostBlocks);
    }

    private static double sum(NodePage one, NodePage other, String metric) throws IOException, InterruptedException {
        return NodePage.sum(one.text(), metric) + NodePage.sum(other.text(), metric);
    }

    private static long survivorsBytes(Path data) throws IOException {
        return DiskFiles.bytes(blocks(data, "n1")) + DiskFiles.bytes(blocks(data, "n2"));
    }

    private void copy(Path from, Path to) throws IOException, InterruptedException {
        Path log = to.resolveSibling("cp.log");
        long bytes = DiskFiles.bytes(from);
        long start = System.nanoTime();
        Shell.run(List.of("cp", "-r", from.toString(), to.toString()), log, PATIENCE, line -> {});
        tally.add(WHAT, "cp", UNIT, bytes / ((System.nanoTime() - start) / 1e9));
        List<String> force = new ArrayList<>(List.of("sync"));
        DiskFiles.below(to).keySet().forEach(file -> force.add(file.toString()));
        Shell.run(force, log, PATIENCE, line -> {});
        tally.add(WHAT, "cp + fsync", UNIT, bytes / ((System.nanoTime() - start) / 1e9));
    }

    private static Path blocks(Path data, String node) {
        return data.resolve(node).resolve("blocks");
    }
}

package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.SetReplication;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One of three nodes is lost; the two others make new copies of the blocks it had, beside a plain copy of the same files into
 * another directory. What is measured is the copying: from the first byte that grows on a survivor's disk until all lost
 * copies are recorded. That a node is missed at all takes {@code grid.failure-timeout} and {@code repair.node-grace} before.
 * The nodes copy before that until they get no faster: a file's number of copies is raised to three and lowered again.
 *
 * <p>A copy is as durable as the one that it was made of, so there are two kinds: those of {@code power} are forced to the device, as
 * {@code cp} and {@code fsync} do together, those of {@code process} are not, as with {@code cp} alone.
 */
final class RepairBench {
    private static final String FILE = "/repair/file";
    private static final List<String> DURABILITIES = List.of("power", "process");
    private static final String WHAT = "copies of a lost node's blocks, ";
    private static final int PIECE_BYTES = 1 << 20;
    private static final String UNIT = "B/s";
    private static final Map<String, String> SETTINGS =
            Map.of("grid.name", "bench", "repair.node-grace", "1s", "repair.interval", "1s");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_EVERY_MS = 20;
    private static final String BLOCKS = "swarm_store_blocks ";
    private static final String COPIED_BLOCKS = "swarm_repair_copied_blocks ";
    private static final String COPIED_BYTES = "swarm_repair_copied_bytes ";

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
            for (String durability : DURABILITIES) {
                output.say("repair: " + durability + ", round " + round + " of " + scale.repairRounds());
                Path data = Files.createTempDirectory(directory, "repair");
                cache.fill();
                try (LocalGrid grid = LocalGrid.start(data, 3, SETTINGS)) {
                    round(grid, data, durability);
                } finally {
                    Peers.deleteTree(data);
                }
            }
        }
    }

    private void round(LocalGrid grid, Path data, String durability) throws IOException, InterruptedException {
        List<NodePage> all =
                grid.nodes().stream().map(node -> new NodePage(node.http())).toList();
        try (GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            write(client, durability);
            double stored = sum(all, BLOCKS);
            WarmUp.by(() -> {
                replicate(client, 3);
                await("copies", () -> sum(all, BLOCKS) >= stored / 2 * 3);
                replicate(client, 2);
                await("removal of copies", () -> sum(all, BLOCKS) <= stored);
            });
        }
        double lostBlocks = sum(all.subList(2, 3), BLOCKS);
        grid.node("n3").kill();
        String what = WHAT + durability;
        tally.add(what, "swarm", UNIT, repairRate(all.subList(0, 2), data, lostBlocks));
        copy(what, blocks(data, "n3"), data.resolve("copy"));
    }

    private void write(GridClient client, String durability) {
        byte[] piece = new byte[PIECE_BYTES];
        new SplittableRandom(7).nextBytes(piece);
        try (FileOutput output = new FileOutput(client, new FilePut(FILE, true, null, 2, durability))) {
            for (long left = scale.repairBytes(); left > 0; left -= PIECE_BYTES) {
                output.write(piece, 0, (int) Math.min(left, PIECE_BYTES));
            }
            output.commit();
        }
    }

    private static void replicate(GridClient client, int copies) {
        client.action("fs.set_replication", new SetReplication(FILE, copies), FileStatus.class);
    }

    /** Bytes a second of the new copies, from the first byte to the last. */
    private static double repairRate(List<NodePage> survivors, Path data, double lostBlocks)
            throws IOException, InterruptedException {
        double copiedBlocks = sum(survivors, COPIED_BLOCKS);
        double copiedBytes = sum(survivors, COPIED_BYTES);
        long before = survivorsBytes(data);
        await("first new copy", () -> survivorsBytes(data) > before);
        long start = System.nanoTime();
        await("new copies", () -> sum(survivors, COPIED_BLOCKS) >= copiedBlocks + lostBlocks);
        long end = System.nanoTime();
        return (sum(survivors, COPIED_BYTES) - copiedBytes) / ((end - start) / 1e9);
    }

    /** Something that is looked at again and again. */
    @FunctionalInterface
    private interface Look {
        boolean isDone() throws IOException, InterruptedException;
    }

    private static void await(String what, Look look) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (!look.isDone()) {
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new GridException(
                        ErrorCode.TIMEOUT, "waited in vain for " + what + ": " + PATIENCE.toMinutes() + " min");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
    }

    private static double sum(List<NodePage> nodes, String metric) throws IOException, InterruptedException {
        double sum = 0;
        for (NodePage node : nodes) {
            sum += NodePage.sum(node.text(), metric);
        }
        return sum;
    }

    private static long survivorsBytes(Path data) throws IOException {
        return DiskFiles.bytes(blocks(data, "n1")) + DiskFiles.bytes(blocks(data, "n2"));
    }

    private void copy(String what, Path from, Path to) throws IOException, InterruptedException {
        Path log = to.resolveSibling("cp.log");
        long bytes = DiskFiles.bytes(from);
        long start = System.nanoTime();
        Shell.run(List.of("cp", "-r", from.toString(), to.toString()), log, PATIENCE, line -> {});
        tally.add(what, "cp", UNIT, bytes / ((System.nanoTime() - start) / 1e9));
        List<String> force = new ArrayList<>(List.of("sync"));
        DiskFiles.below(to).keySet().forEach(file -> force.add(file.toString()));
        Shell.run(force, log, PATIENCE, line -> {});
        tally.add(what, "cp + fsync", UNIT, bytes / ((System.nanoTime() - start) / 1e9));
    }

    private static Path blocks(Path data, String node) {
        return data.resolve(node).resolve("blocks");
    }
}

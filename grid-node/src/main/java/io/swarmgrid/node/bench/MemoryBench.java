package io.swarmgrid.node.bench;

import io.swarmgrid.client.GridException;
import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a node of 512 MB of heap takes of memory while much is written to it and read from it: samples of its heap, of the
 * buffers beside it and of what the system counts for the process. It is flat where a second half shows what the first did.
 */
final class MemoryBench {
    private static final String ROOT = "/memory";
    private static final int FILES = 8;
    private static final long SAMPLE_EVERY_MS = 100;
    private static final String UNIT = "B";
    private static final List<Metric> METRICS = List.of(
            new Metric("heap used", "jvm_memory_used_bytes{area=\"heap\""),
            new Metric("direct buffers of the JVM", "jvm_buffer_memory_used_bytes{id=\"direct\""),
            new Metric("chunks between disk and network", "swarm_chunk_buffers_outstanding_bytes"));

    private record Metric(String what, String name) {}

    private final Path directory;
    private final StorageScale scale;
    private final Output output;
    private final Tally tally;

    /** What is being done; written by the bench's thread, read by the sampling one. */
    private volatile String phase = "";

    MemoryBench(Path directory, StorageScale scale, Output output, Tally tally) {
        this.directory = directory;
        this.scale = scale;
        this.output = output;
        this.tally = tally;
    }

    void run() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(directory, "memory");
        try (LocalGrid grid = LocalGrid.start(data, 1, Map.of("grid.name", "bench"));
                WorkerProcess worker = WorkerProcess.start(
                        "worker", Arena.gridWorker(grid.addresses().get(0)), data.resolve("worker.log"))) {
            ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
            try {
                NodeProcess node = grid.nodes().get(0);
                NodePage page = new NodePage(node.http());
                ScheduledFuture<?> sampling = sampler.scheduleAtFixedRate(
                        () -> sample(node, page), 0, SAMPLE_EVERY_MS, TimeUnit.MILLISECONDS);
                work(worker);
                sampling.cancel(false);
            } finally {
                sampler.shutdownNow();
                sampler.awaitTermination(SAMPLE_EVERY_MS * 100, TimeUnit.MILLISECONDS);
            }
        } finally {
            Peers.deleteTree(data);
        }
    }

    private void work(WorkerProcess worker) throws IOException, InterruptedException {
        long bytes = scale.memoryBytes() / FILES;
        for (int half = 1; half <= 2; half++) {
            phase("writing, half " + half);
            for (int file = 0; file < FILES / 2; file++) {
                worker.run(Order.write(ROOT + "/" + half + "-" + file, bytes, 1));
            }
        }
        for (int half = 1; half <= 2; half++) {
            phase("reading, half " + half);
            for (int file = 0; file < FILES / 2; file++) {
                worker.run(Order.read(ROOT + "/" + half + "-" + file, bytes));
            }
        }
        phase = "";
    }

    private void phase(String next) {
        output.say("memory: " + next);
        phase = next;
    }

    private void sample(NodeProcess node, NodePage page) {
        String during = phase;
        if (during.isEmpty()) {
            return;
        }
        try {
            String text = page.text();
            synchronized (tally) {
                for (Metric metric : METRICS) {
                    tally.add(metric.what() + ", " + during, Arena.SWARM, UNIT, NodePage.sum(text, metric.name()));
                }
                residentBytes(node.pid(), during);
            }
        } catch (IOException | GridException e) {
            output.warn("no sample of the node's memory: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Only where the system tells it, as Linux does. */
    private void residentBytes(long pid, String during) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:") || line.startsWith("RssFile:")) {
                    long bytes = Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                    String what = line.startsWith("VmRSS:") ? "resident in all" : "of that mapped files";
                    tally.add(what + ", " + during, Arena.SWARM, UNIT, (double) bytes);
                }
            }
        }
    }
}

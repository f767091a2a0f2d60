package io.swarmgrid.node.bench;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What nearness brings: how often what is read is near, and how fast one block is read where it is hot, in the memory tier of a node, beside
 * a plain file of a memory disk, beside the same block cold, and through a node that has it from another one; and outer stores.
 */
final class CacheBench {
    static final String PART = "cache";

    private static final Path MEMORY_DISK = Path.of("/dev/shm");
    private static final int BLOCK_BYTES = 64 << 20;
    private static final int PIECE_BYTES = 1 << 20;
    private static final String FILE = "/block";
    private static final int WARM_READS = 30;
    private static final int AGAIN = 10;
    private static final String TMPFS = "tmpfs file";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RATE = "B/s";
    private static final String NEAR = "swarm_cache_read_bytes_total{from=\"near\"}";

    private final Path directory;
    private final Scale scale;
    private final Output output;
    private final Tally tally = new Tally(PART);

    CacheBench(Path directory, Scale scale, Output output) {
        this.directory = directory;
        this.scale = scale;
        this.output = output;
    }

    List<Result> run() throws Exception {
        List<Result> results = new ArrayList<>(new HitRatioBench(scale.rounds(), output).run());
        new OuterBench(directory, scale, output, tally).run();
        if (!Files.isDirectory(MEMORY_DISK)) {
            output.say("cache: reads NOT MEASURED, there is no " + MEMORY_DISK);
            results.addAll(tally.results());
            return results;
        }
        Path disk = Files.createTempDirectory(directory, PART);
        Path memory = Files.createTempDirectory(MEMORY_DISK, "swarm-bench");
        try (LocalGrid grid = LocalGrid.start(disk, List.of(host(disk, memory, "n1"), host(disk, memory, "n2")));
                Session session = Session.connect(grid.addresses(), output)) {
            measure(grid, session.client(), disk, memory);
        } finally {
            Peers.deleteTree(memory);
            Peers.deleteTree(disk);
        }
        results.addAll(tally.results());
        return results;
    }

    private static LocalGrid.Host host(Path disk, Path memory, String name) {
        Map<String, String> settings = new HashMap<>();
        settings.put("grid.name", "bench");
        settings.put("storage.replicas", "1");
        settings.put("storage.min-replicas", "1");
        settings.put(
                "storage.tiers",
                "[{medium: mem, path: " + memory.resolve(name) + ", capacity: 1GiB}, {medium: ssd, path: "
                        + disk.resolve(name + "-ssd") + "}]");
        return LocalGrid.Host.loopback(settings);
    }

    private void measure(LocalGrid grid, GridClient client, Path disk, Path memory) throws Exception {
        byte[] content = new byte[BLOCK_BYTES];
        new Random(1).nextBytes(content);
        try (FileOutput out = new FileOutput(client, new FilePut(FILE, true, null, 1, "power"))) {
            out.write(content, 0, content.length);
            out.commit();
        }
        Path plain = Files.write(memory.resolve("plain"), content);
        FileStatus status = client.action("fs.stat", new StatRequest(FILE, null), FileStatus.class);
        NodeProcess holder = holder(grid, disk);
        NodeProcess other =
                grid.nodes().stream().filter(node -> node != holder).findFirst().orElseThrow();
        Path log = disk.resolve("evict.log");
        output.say("cache: warming up, until the block is near");
        double coldFirst = 0;
        for (int i = 0; i < WARM_READS; i++) {
            coldFirst += through(client, holder) + through(client, other) + opened(client, status) + plain(plain);
        }
        requireNear(holder);
        requireNear(other);
        output.say("cache: warm after " + Math.round(coldFirst) + " s");
        try (FileInput input = FileInput.open(client, status);
                FileChannel channel = FileChannel.open(plain, StandardOpenOption.READ)) {
            again(input::readAt); // it has been checked then
            for (int round = 1; round <= scale.rounds(); round++) {
                output.say("cache: reads, round " + round + " of " + scale.rounds());
                tally.add("hot block, the opened file", Arena.SWARM, RATE, rate(again(input::readAt)));
                tally.add(
                        "hot block, the opened file", TMPFS, RATE, rate(again((at, piece) -> channel.read(piece, at))));
                tally.add("hot block, opened anew and checked", Arena.SWARM, RATE, rate(opened(client, status)));
                tally.add("hot block, opened anew and checked", TMPFS, RATE, rate(plain(plain)));
                double near = rate(through(client, holder));
                tally.add("by the network", "swarm, hot", RATE, near);
                tally.add("remote block, by the network", "swarm, near copy", RATE, rate(through(client, other)));
                tally.add("remote block, by the network", "a local one", RATE, near);
            }
        }
        coldReads(grid, client, disk, log);
    }

    /** The same block of the same node where nothing of it is in memory: neither a near copy, nor pages of the disk. */
    private void coldReads(LocalGrid grid, GridClient client, Path disk, Path log) throws Exception {
        for (int round = 1; round <= scale.rounds(); round++) {
            String path = FILE + "-cold-" + round;
            byte[] content = new byte[BLOCK_BYTES];
            new Random(round).nextBytes(content);
            try (FileOutput out = new FileOutput(client, new FilePut(path, true, null, 1, "power"))) {
                out.write(content, 0, content.length);
                out.commit();
            }
            NodeProcess holder = holder(grid, disk);
            PageCache.evict(disk, log);
            tally.add("by the network", "the block cold", RATE, rate(through(client, holder, path)));
        }
    }

    /** Whose disk has most: the only one that has anything, or had it first. */
    private static NodeProcess holder(LocalGrid grid, Path disk) throws IOException {
        NodeProcess most = grid.nodes().get(0);
        long mostBytes = -1;
        for (NodeProcess node : grid.nodes()) {
            long bytes = DiskFiles.bytes(disk.resolve(node.name() + "-ssd"));
            if (bytes > mostBytes) {
                most = node;
                mostBytes = bytes;
            }
        }
        return most;
    }

    private static void requireNear(NodeProcess node) throws IOException, InterruptedException {
        double before = NodePage.sum(new NodePage(node.http()).text(), NEAR);
        if (before <= 0) {
            throw GridException.invalid("the block is not near after " + WARM_READS + " reads through " + node.name());
        }
    }

    private static double rate(double seconds) {
        return BLOCK_BYTES / seconds;
    }

    private static double through(GridClient client, NodeProcess node) {
        return through(client, node, FILE);
    }

    /** By way of the network, from a certain node. */
    private static double through(GridClient client, NodeProcess node, String path) {
        long begin = System.nanoTime();
        long read = 0;
        try (FileDownload download = client.bytes()
                .read("grpc://" + node.address(), client.newHeaders(), new FileRead(path, null, null), PATIENCE)) {
            for (ByteBuf bytes = download.next(); bytes != null; bytes = download.next()) {
                read += bytes.readableBytes();
                bytes.release();
            }
        }
        return seconds(begin, read);
    }

    /** As a client on the node's machine reads: from the block's file, opened. */
    private static double opened(GridClient client, FileStatus status) {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        long begin = System.nanoTime();
        long read = 0;
        try (FileInput input = FileInput.open(client, status)) {
            for (int count = input.read(piece); count > 0; count = input.read(piece.clear())) {
                read += count;
            }
        }
        return seconds(begin, read);
    }

    /** Fills a piece, or a part of it, from a place. */
    private interface ReaderAt {
        void readAt(long from, ByteBuffer piece) throws IOException;
    }

    /** All of what is open already, several times; seconds for once. */
    private static double again(ReaderAt reader) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        long begin = System.nanoTime();
        for (int time = 0; time < AGAIN; time++) {
            long at = 0;
            while (at < BLOCK_BYTES) {
                reader.readAt(at, piece.clear());
                at += piece.position();
            }
        }
        return seconds(begin, BLOCK_BYTES) / AGAIN;
    }

    private static double plain(Path file) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        long begin = System.nanoTime();
        long read = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int count = channel.read(piece); count > 0; count = channel.read(piece.clear())) {
                read += count;
            }
        }
        return seconds(begin, read);
    }

    private static double seconds(long begin, long read) {
        if (read != BLOCK_BYTES) {
            throw GridException.invalid("read " + read + " bytes of " + BLOCK_BYTES);
        }
        return (System.nanoTime() - begin) / 1e9;
    }
}

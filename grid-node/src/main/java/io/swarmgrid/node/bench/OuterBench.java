package io.swarmgrid.node.bench;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Attach;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;

/**
 * A directory of this machine, read through a grid that it is mounted into, by a client on the node's machine: cold, when neither the grid has
 * it near nor the machine in memory, beside reading the directory itself; and warm, beside a file of the grid's own.
 */
final class OuterBench {
    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECES = 256;
    private static final long BYTES = (long) PIECES * PIECE_BYTES;
    private static final String OWN = "/own";
    private static final String MOUNT = "/outer";
    private static final int MAX_WARM_READS = 20;
    private static final int WARM_UP_ROUNDS = 4;
    private static final int WARM_UP_READS = 5;
    private static final String RATE = "B/s";
    private static final String DIRECT = "the directory itself";
    private static final String LOCAL = "a local file";

    private final Path directory;
    private final Scale scale;
    private final Output output;
    private final Tally tally;

    OuterBench(Path directory, Scale scale, Output output, Tally tally) {
        this.directory = directory;
        this.scale = scale;
        this.output = output;
        this.tally = tally;
    }

    void run() throws Exception {
        Path disk = Files.createTempDirectory(directory, "outer").toRealPath();
        Path outer = Files.createDirectory(disk.resolve("mounted"));
        Map<String, String> settings = Map.of(
                "grid.name", "bench",
                "storage.replicas", "1",
                "storage.min-replicas", "1",
                "storage.outer.allowed", "file://" + outer);
        try (LocalGrid grid = LocalGrid.start(Files.createDirectory(disk.resolve("grid")), 1, settings);
                Session session = Session.connect(grid.addresses(), output)) {
            GridClient client = session.client();
            client.action("fs.attach", new Attach(MOUNT, "file://" + outer, null, null), FileStatus.class);
            measure(client, outer, disk.resolve("evict.log"));
        } finally {
            Peers.deleteTree(disk);
        }
    }

    private void measure(GridClient client, Path outer, Path log) throws Exception {
        byte[] piece = new byte[PIECE_BYTES];
        new Random(1).nextBytes(piece);
        try (FileOutput out = new FileOutput(client, new FilePut(OWN, true, null, 1, "process"))) {
            for (int i = 0; i < PIECES; i++) {
                out.write(piece, 0, piece.length);
            }
            out.commit();
        }
        FileStatus own = status(client, OWN);
        for (int round = -WARM_UP_ROUNDS; round < scale.rounds(); round++) {
            output.say(
                    round < 0
                            ? "cache: outer store, warming up"
                            : "cache: outer store, round " + (round + 1) + " of " + scale.rounds());
            Path file = outer.resolve("file-" + round);
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int i = 0; i < PIECES; i++) {
                    out.write(piece);
                }
            }
            FileStatus status = status(client, MOUNT + "/" + file.getFileName());
            // Whoever is first may find the disk in another mood.
            boolean isOursFirst = Math.floorMod(round, 2) == 0;
            double ours = isOursFirst ? cold(client, status, outer, log) : 0;
            PageCache.evict(outer, log);
            double direct = plain(file);
            ours = isOursFirst ? ours : cold(client, status, outer, log);
            double warm = warm(client, status);
            double local = opened(client, own);
            for (int i = 0; round < 0 && i < WARM_UP_READS; i++) {
                opened(client, status);
                opened(client, own);
            }
            if (round >= 0) {
                tally.add("outer store, cold", Arena.SWARM, RATE, BYTES / ours);
                tally.add("outer store, cold", DIRECT, RATE, BYTES / direct);
                tally.add("outer store, warm", Arena.SWARM, RATE, BYTES / warm);
                tally.add("outer store, warm", LOCAL, RATE, BYTES / local);
            }
            Files.delete(file);
        }
    }

    private static double cold(GridClient client, FileStatus status, Path outer, Path log) throws Exception {
        PageCache.evict(outer, log);
        return opened(client, status);
    }

    /** Once all of it is near, which it is a moment after it was read. */
    private static double warm(GridClient client, FileStatus status) {
        for (int i = 0; i < MAX_WARM_READS; i++) {
            try (FileInput input = FileInput.open(client, status)) {
                if (input.isHere(0) && input.isHere(BYTES - 1)) {
                    return opened(client, status);
                }
            }
            opened(client, status);
        }
        throw GridException.invalid("the outer file is not near after " + MAX_WARM_READS + " reads");
    }

    private static FileStatus status(GridClient client, String path) {
        return client.action("fs.stat", new StatRequest(path, null), FileStatus.class);
    }

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
        if (read != BYTES) {
            throw GridException.invalid("read " + read + " bytes of " + BYTES);
        }
        return (System.nanoTime() - begin) / 1e9;
    }
}

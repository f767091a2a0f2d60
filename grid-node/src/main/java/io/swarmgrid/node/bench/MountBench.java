package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.MountTable;
import io.swarmgrid.mount.UnmountMode;
import io.swarmgrid.mount.fuse.FuseDevice;
import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Parallel;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.local.JavaCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What programs do in a directory: in one of a mounted grid, and in one of the disk on which that grid's nodes are. */
final class MountBench {
    static final String PART = "mount";

    private static final String ROOT = "/swarm-bench/mount";
    private static final String FILE = "file";
    private static final String BYTES = "B/s";
    private static final String EACH = "/s";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long COMMAND_SECONDS = 120;
    /** The code of the node and of the mount is compiled while they work; what is measured is a mount that has worked. */
    private static final double WARM_UP_SECONDS = 20;

    private static final int MAX_WARM_UPS = 20;
    private static final int THREADS = 8;
    private static final int SMALL_BYTES = 4000;
    private static final int PLACE_BYTES = 4096;
    /** Of those of the part "files", which need no kernel in between. */
    private static final int FILES_SHARE = 8;

    private final Session session;
    private final Path directory;
    private final Scale scale;
    private final Output output;
    private final Tally tally = new Tally(PART);

    /** A directory that is worked in. */
    private record Place(String who, Path directory) {}

    MountBench(Session session, Path directory, Scale scale, Output output) {
        this.session = session;
        this.directory = directory;
        this.scale = scale;
        this.output = output;
    }

    /** Why there is nothing to measure here; null where there is. */
    static @Nullable String missing() {
        try {
            FuseDevice.requireAvailable();
            return null;
        } catch (GridException e) {
            return e.getMessage() + " (" + e.hint() + ")";
        }
    }

    List<Result> run() throws Exception {
        new Namespace(session).makeDirectories(ROOT);
        Path mounted = Files.createDirectory(directory.toRealPath().resolve("mounted"));
        Path local = Files.createDirectory(directory.resolve("local"));
        swarm(List.of(
                "mount",
                mounted.toString(),
                "--grid",
                String.join(",", session.addresses()),
                "--path",
                ROOT,
                "--log",
                directory.resolve("mount.log").toString()));
        try {
            List<Place> places = List.of(new Place("swarm mount", mounted), new Place("local disk", local));
            output.say("mount: warming up");
            long start = System.nanoTime();
            for (int i = 0; i < MAX_WARM_UPS && seconds(start) < WARM_UP_SECONDS; i++) {
                round(places, false);
            }
            for (int round = 1; round <= scale.rounds(); round++) {
                output.say("mount: round " + round + " of " + scale.rounds());
                round(places, true);
            }
        } finally {
            // Else whoever removes the directory would remove what is in the grid.
            if (MountTable.at(mounted).isPresent()) {
                MountTable.unmount(mounted, UnmountMode.EVEN_IF_IN_USE);
            }
        }
        return tally.results();
    }

    private void round(List<Place> places, boolean counts) throws Exception {
        long count = scale.writeBytes() >> 20;
        for (Place each : places) {
            Path file = each.directory().resolve(FILE);
            double rate = dd("if=/dev/zero", "of=" + file, "bs=1M", "count=" + count, "conv=fsync");
            add(counts, "dd write + fsync", each, BYTES, rate);
        }
        // Of the mount, too, below whose directory the same walk comes: what its kernel side has kept.
        PageCache.evict(directory, directory.resolve("evict.log"));
        for (Place each : places) {
            double rate = dd("if=" + each.directory().resolve(FILE), "of=/dev/null", "bs=1M");
            add(counts, "dd read, cold", each, BYTES, rate);
        }
        for (Place each : places) {
            Path file = each.directory().resolve(FILE);
            Shell.run(
                    List.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none"),
                    directory.resolve("evict.log"),
                    PATIENCE,
                    line -> {});
            add(counts, "4 KiB at random places", each, EACH, randomReads(file));
            Files.delete(file);
        }
        List<Integer> files = IntStream.range(0, Math.max(THREADS, scale.files() / FILES_SHARE))
                .boxed()
                .toList();
        for (Place each : places) {
            smallFiles(each, files, counts);
        }
    }

    private double dd(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of("dd", "status=none"), Stream.of(arguments))
                .toList();
        long start = System.nanoTime();
        Shell.run(command, directory.resolve("dd.log"), PATIENCE, line -> {});
        return scale.writeBytes() / seconds(start);
    }

    private double randomReads(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int reads = scale.files() / FILES_SHARE;
        ByteBuffer place = ByteBuffer.allocateDirect(PLACE_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long start = System.nanoTime();
            for (int i = 0; i < reads; i++) {
                channel.read(place.clear(), random.nextLong(scale.writeBytes() / PLACE_BYTES) * PLACE_BYTES);
            }
            return reads / seconds(start);
        }
    }

    private void smallFiles(Place place, List<Integer> files, boolean counts) throws Exception {
        byte[] content = new byte[SMALL_BYTES];
        Path small = Files.createDirectory(place.directory().resolve("small"));
        each("create 4 KB", place, files, counts, i -> Files.write(file(small, i), content));
        each("read 4 KB", place, files, counts, i -> Files.readAllBytes(file(small, i)));
        each("stat", place, files, counts, i -> Files.size(file(small, i)));
        long start = System.nanoTime();
        try (Stream<Path> entries = Files.list(small)) {
            add(counts, "list, entries", place, EACH, entries.count() / seconds(start));
        }
        each("delete", place, files, counts, i -> Files.delete(file(small, i)));
        Files.delete(small);
    }

    private static Path file(Path directory, int number) {
        return directory.resolve("file-" + number);
    }

    private void each(String what, Place place, List<Integer> files, boolean counts, Parallel.Work<Integer> work)
            throws Exception {
        long start = System.nanoTime();
        Parallel.each("bench", THREADS, files, work);
        add(counts, what, place, EACH, files.size() / seconds(start));
    }

    private void add(boolean counts, String what, Place place, String unit, double rate) {
        if (counts) {
            tally.add(what, place.who(), unit, rate);
        }
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private void swarm(List<String> words) throws IOException, InterruptedException {
        ProcessBuilder builder = JavaCommand.swarm(words);
        builder.environment().putAll(output.environment());
        Path log = directory.resolve("swarm.log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new GridException(ErrorCode.INTERNAL, "cannot mount\n" + Shell.tail(log));
            }
        } finally {
            process.destroyForcibly();
        }
    }
}

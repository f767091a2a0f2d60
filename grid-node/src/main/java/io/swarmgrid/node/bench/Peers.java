package io.swarmgrid.node.bench;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Ports;
import io.swarmgrid.node.local.JavaCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the grid is measured beside, each in a process of its own, its files below one directory. */
final class Peers {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String READ_SCRIPT = "flight_read.py";
    private static final List<String> IGNITE_JVM_OPTIONS =
            List.of("-Xms1g", "-Xmx1g", "-XX:MaxDirectMemorySize=512m", "-XX:+UseParallelGC");

    private final Path directory;

    Peers(Path directory) {
        this.directory = directory;
    }

    /** A python3 that has pyarrow.flight: {@code SWARM_PYTHON}, or the one on the path. */
    Optional<String> python(Map<String, String> environment) throws IOException, InterruptedException {
        String named = environment.getOrDefault("SWARM_PYTHON", "python3");
        try {
            Shell.run(
                    List.of(named, "-c", "import pyarrow.flight"),
                    directory.resolve("python.log"),
                    Duration.ofMinutes(1),
                    line -> {});
            return Optional.of(named);
        } catch (GridException | IOException e) {
            return Optional.empty();
        }
    }

    /** Where the peers' files are. */
    Path directory() {
        return directory;
    }

    /** Where a peer's standard error goes. */
    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    /** The script that reads with pyarrow, as a file. */
    Path readScript() throws IOException {
        Path script = directory.resolve(READ_SCRIPT);
        try (InputStream in = Peers.class.getResourceAsStream(READ_SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException("missing resource " + READ_SCRIPT);
            }
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        return script;
    }

    /** Bytes a second of {@code dd bs=1M conv=fsync} from /dev/zero into a new file. */
    double dd(long bytes) throws IOException, InterruptedException {
        Path target = directory.resolve("dd.bytes");
        try {
            long start = System.nanoTime();
            Shell.run(
                    List.of("dd", "if=/dev/zero", "of=" + target, "bs=1M", "count=" + (bytes >> 20), "conv=fsync"),
                    directory.resolve("dd.log"),
                    PATIENCE,
                    line -> {});
            return bytes / ((System.nanoTime() - start) / 1e9);
        } finally {
            Files.deleteIfExists(target);
        }
    }

    /** Bytes a second of {@link IgniteCacheWrite} in a fresh directory. */
    double ignite(long bytes) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory(directory, "ignite");
        try {
            List<String> command = JavaCommand.of(
                    IgniteCacheWrite.class.getName(),
                    IGNITE_JVM_OPTIONS,
                    List.of(
                            work.toString(),
                            Long.toString(bytes),
                            Integer.toString(Ports.free(1).get(0))));
            List<String> lines = Shell.run(command, directory.resolve("ignite.log"), PATIENCE, line -> {});
            long nanos = lines.stream()
                    .filter(line -> line.startsWith("nanos="))
                    .mapToLong(line -> Long.parseLong(line.substring("nanos=".length())))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no time in " + lines));
            return bytes / (nanos / 1e9);
        } finally {
            deleteTree(work);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

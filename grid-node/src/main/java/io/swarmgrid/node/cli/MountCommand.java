package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.mount.Mount;
import io.swarmgrid.mount.MountOptions;
import io.swarmgrid.mount.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm mount}: the grid as a directory of this machine. */
@Command(name = "mount", description = "Mount the grid at an empty directory of this machine (Linux, FUSE).")
final class MountCommand extends GridCommand {
    static final String FOREGROUND = "--foreground";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Where it appears")
    private Path directory = Path.of("");

    @Option(names = "--path", paramLabel = "PATH", description = "The directory of the grid to mount, default /")
    private String path = "/";

    @Option(names = "--read-only", description = "Nothing can be changed through it")
    private boolean readOnly;

    @Option(names = "--allow-other", description = "Other users may use it, too")
    private boolean allowOther;

    @Option(
            names = "--cache",
            paramLabel = "SECONDS",
            description = "How long names and attributes are believed before the grid is asked again, default 1")
    private double cacheSeconds = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Calls that are worked on at once, default 16")
    private int threads = 16;

    @Option(
            names = "--spool",
            paramLabel = "DIR",
            description = "Where files lie while they are rewritten; default the directory of temporary files")
    private @Nullable Path spool;

    @Option(
            names = "--spool-size",
            paramLabel = "SIZE",
            description = "How much of them there may be, and how large a file that is rewritten may be; default 1GiB")
    private String spoolSize = "1GiB";

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "How long its end waits until what was written is in the grid, default 60")
    private int patienceSeconds = 60;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description =
                    "Where the process in the background writes its log; default a new file beside temporary ones")
    private @Nullable Path log;

    @Option(names = FOREGROUND, description = "Stay here until it is unmounted, instead of going to the background")
    private boolean foreground;

    @Override
    int run(Session session) throws IOException, InterruptedException {
        MountOptions options = options();
        Path place = place();
        if (!foreground) {
            return new BackgroundMount(session.output(), place, spec).start(log());
        }
        Mount mount = Mount.start(place, session.client(), options);
        Thread stop = new Thread(mount::close, "mount-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        session.output().say("mounted: " + options.path() + " at " + place);
        List<String> left = mount.awaitEnd();
        mount.close();
        if (!left.isEmpty()) {
            throw new GridException(
                    ErrorCode.TIMEOUT, "unmounted, but these files are not wholly in the grid: " + left);
        }
        return ExitCode.OK;
    }

    private MountOptions options() {
        long spoolBytes;
        try {
            spoolBytes = DataSize.parse(spoolSize).bytes();
        } catch (IllegalArgumentException e) {
            throw misuse("--spool-size: " + e.getMessage());
        }
        return new MountOptions(
                GridPath.parse(path).toString(),
                readOnly,
                allowOther,
                Duration.ofMillis(Math.round(cacheSeconds * 1000)),
                threads,
                spool == null ? Path.of(System.getProperty("java.io.tmpdir")) : spool.toAbsolutePath(),
                spoolBytes,
                Duration.ofSeconds(patienceSeconds));
    }

    private Path log() throws IOException {
        return log == null ? Files.createTempFile("swarm-mount-", ".log") : log.toAbsolutePath();
    }

    /** By its absolute path without links, as the kernel lists it. */
    private Path place() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new GridException(
                    ErrorCode.NOT_FOUND, "no such directory: " + directory, null, "make it first", null);
        }
        Path place = directory.toRealPath();
        if (MountTable.at(place).isPresent()) {
            throw new GridException(
                    ErrorCode.ALREADY_EXISTS, "a grid is mounted there: " + place, null, "swarm umount " + place, null);
        }
        try (Stream<Path> entries = Files.list(place)) {
            if (entries.findAny().isPresent()) {
                throw new GridException(
                        ErrorCode.DIRECTORY_NOT_EMPTY,
                        "not empty: " + place,
                        null,
                        "choose an empty directory, or make one",
                        null);
            }
        }
        return place;
    }
}

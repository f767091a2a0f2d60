package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.LastWord;
import io.swarmgrid.mount.MountTable;
import io.swarmgrid.mount.MountTable.Mounted;
import io.swarmgrid.mount.UnmountMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm umount}: asks no grid, only the kernel, and waits for the process that serves the mount. */
@Command(
        name = "umount",
        description = "Unmount the grid from a directory, and wait until what was written there is in the grid.")
final class UmountCommand implements Callable<Integer> {
    private static final int MOST_NAMED = 100;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "DIR")
    private Path directory = Path.of("");

    @Option(names = "--lazy", description = "Also where it is in use: it ends when nobody has anything open there")
    private boolean lazy;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "How long to wait until what was written is in the grid, default 90")
    private int patienceSeconds = 90;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Output output = SwarmCommand.of(spec).output();
        Path place = place(directory.toAbsolutePath().normalize());
        Mounted mounted = MountTable.at(place)
                .orElseThrow(() -> new GridException(
                        ErrorCode.NOT_FOUND,
                        "no grid is mounted at " + place,
                        null,
                        "findmnt -t fuse.swarm lists those that are",
                        null));
        // Found while the process is there; what it says, it says at its end.
        Optional<LastWord> lastWord = LastWord.of(mounted.pid());
        try {
            return unmount(place, mounted, lastWord.orElse(null), output);
        } finally {
            if (lastWord.isPresent()) {
                lastWord.get().close();
            }
        }
    }

    private int unmount(Path place, Mounted mounted, @Nullable LastWord lastWord, Output output)
            throws IOException, InterruptedException {
        MountTable.unmount(place, lazy ? UnmountMode.EVEN_IF_IN_USE : UnmountMode.UNLESS_IN_USE);
        if (lazy) {
            output.say(
                    "unmounted: " + place + ", process " + mounted.pid() + " ends when nobody has anything open there");
            return ExitCode.OK;
        }
        awaitEnd(place, mounted.pid());
        if (lastWord != null) {
            requireAllIsThere(place, mounted.pid(), lastWord);
        }
        output.say("unmounted: " + place);
        return ExitCode.OK;
    }

    private static void requireAllIsThere(Path place, long pid, LastWord lastWord) throws IOException {
        List<String> left = lastWord.left()
                .orElseThrow(() -> new GridException(
                        ErrorCode.UNKNOWN_OUTCOME,
                        "unmounted " + place + ", but process " + pid
                                + " ended without a word about what was written there",
                        null,
                        "look at the files, and at its log",
                        null));
        if (!left.isEmpty()) {
            int more = left.size() - MOST_NAMED;
            throw new GridException(
                    ErrorCode.TIMEOUT,
                    "unmounted " + place + ", but these files are not wholly in the grid: "
                            + left.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                            + (more > 0 ? ", and " + more + " more" : ""),
                    null,
                    "write them again; the log of the mount says what became of each",
                    null);
        }
    }

    /** Without links; the directory itself may not answer any more, so it is not asked. */
    private static Path place(Path absolute) throws IOException {
        Path parent = absolute.getParent();
        Path name = absolute.getFileName();
        return parent == null || name == null ? absolute : parent.toRealPath().resolve(name);
    }

    private void awaitEnd(Path place, long pid) throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(pid)
                .filter(found -> found.info().command().orElse("").endsWith("java"))
                .orElse(null);
        if (process == null) {
            return;
        }
        try {
            process.onExit().get(patienceSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new GridException(
                    ErrorCode.TIMEOUT,
                    "unmounted " + place + ", but process " + pid + " still brings to the grid what was written there",
                    null,
                    "let it go on, or end it with kill " + pid,
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for process " + pid, e);
        }
    }
}

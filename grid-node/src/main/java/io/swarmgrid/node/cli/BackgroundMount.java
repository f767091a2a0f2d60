package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.MountTable;
import io.swarmgrid.node.local.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** A mount in a process of its own, which outlives this one and its terminal. */
final class BackgroundMount {
    private static final long POLL_MS = 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final int MOST_LINES = 20;

    private final Output output;
    private final Path place;
    private final CommandLine.Model.CommandSpec spec;

    BackgroundMount(Output output, Path place, CommandLine.Model.CommandSpec spec) {
        this.output = output;
        this.place = place;
        this.spec = spec;
    }

    /** Returns once it is mounted. */
    int start(Path log) throws IOException, InterruptedException {
        Process process = process(log).start();
        process.getOutputStream().close();
        long begin = System.nanoTime();
        while (!isMounted(process)) {
            if (process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
                return ended(process, log);
            }
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                process.destroy();
                throw new GridException(
                        ErrorCode.TIMEOUT,
                        "not mounted after " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s: " + place,
                        null,
                        "its log: " + log,
                        null);
            }
        }
        if (output.json()) {
            output.document(Map.of("directory", place.toString(), "pid", process.pid(), "log", log.toString()));
        } else {
            output.say("mounted: " + place + " pid=" + process.pid() + " log=" + log);
        }
        return ExitCode.OK;
    }

    private boolean isMounted(Process process) throws IOException {
        return MountTable.at(place)
                .filter(mounted -> mounted.pid() == process.pid())
                .isPresent();
    }

    private int ended(Process process, Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()).forEach(output.err()::println);
        Files.delete(log);
        return process.exitValue();
    }

    private ProcessBuilder process(Path log) {
        List<String> words =
                new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        words.add(MountCommand.FOREGROUND);
        ProcessBuilder builder = JavaCommand.swarm(words);
        if (Files.isExecutable(SETSID)) {
            // In a session of its own it hears nothing of the end of this terminal.
            List<String> command = new ArrayList<>(List.of(SETSID.toString()));
            command.addAll(builder.command());
            builder.command(command);
        }
        builder.environment().putAll(output.environment());
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        builder.redirectInput(new File("/dev/null"));
        return builder;
    }
}

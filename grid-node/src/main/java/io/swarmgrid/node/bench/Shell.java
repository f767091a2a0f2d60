package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Peers' processes: runs one to its end and hands on what it prints. */
final class Shell {
    private Shell() {}

    /**
     * @param log where standard error goes
     * @throws GridException INTERNAL when it ends with anything but 0 or takes too long; it is not left running
     */
    static List<String> run(List<String> command, Path log, Duration patience, Consumer<String> eachLine)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                .start();
        Thread watchdog = new Thread(() -> endAfter(process, patience), "peer-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                eachLine.accept(line);
            }
            int exit = process.waitFor();
            if (exit != 0) {
                throw new GridException(
                        ErrorCode.INTERNAL, "peer failed: " + command.get(0) + " exit=" + exit + "\n" + tail(log));
            }
            return lines;
        } finally {
            watchdog.interrupt();
            process.destroyForcibly();
        }
    }

    private static void endAfter(Process process, Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The end of a log. */
    static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
    }
}

package io.swarmgrid.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A virtual environment of Python below {@code target}, which is made once of a list of packages, also where several tests want it at a time. */
final class PythonVenv {
    /** What became of it. */
    enum Made {
        WHOLE,
        NO_PYTHON,
        NO_PACKAGES
    }

    private final Path directory;
    private final Path requirements;

    PythonVenv(String name, Path requirements) {
        this.directory = Path.of("target", name).toAbsolutePath();
        this.requirements = requirements;
    }

    String python() {
        return directory.resolve("bin/python").toString();
    }

    /** Makes it where it is not there with these very requirements. */
    Made make() throws Exception {
        Path lock = directory.resolveSibling(directory.getFileName() + ".lock");
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            return held.isValid() ? makeAlone() : Made.NO_PYTHON;
        }
    }

    private Made makeAlone() throws Exception {
        Path made = directory.resolve("made-from.txt");
        if (Files.exists(made) && Files.readString(made).equals(Files.readString(requirements))) {
            return Made.WHOLE;
        }
        if (run(Map.of(), "python3", "-m", "venv", "--clear", directory.toString()) != 0) {
            return Made.NO_PYTHON;
        }
        int installed = run(
                Map.of("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
                directory.resolve("bin/pip").toString(),
                "install",
                "--quiet",
                "--requirement",
                requirements.toString());
        if (installed != 0) {
            return Made.NO_PACKAGES;
        }
        Files.copy(requirements, made);
        return Made.WHOLE;
    }

    /** Runs a command, printing what it says as it says it; 127 where there is no such command. */
    static int run(Map<String, String> environment, String... words) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(words)));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("SWARM_"));
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        try {
            Process process = builder.start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(System.out::println);
            } finally {
                process.destroy();
            }
            return process.waitFor();
        } catch (IOException e) {
            System.out.println(e.getMessage());
            return 127;
        }
    }
}

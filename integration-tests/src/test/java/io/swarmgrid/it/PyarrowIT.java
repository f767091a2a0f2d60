package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.node.local.LocalGrid;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the pytest suite of {@code src/test/python} against a grid of three, and a grid of one that wants tokens: all of
 * docs/flight-api.md from plain pyarrow. Its own output is printed as it comes.
 */
class PyarrowIT {
    private static final Path SUITE = Path.of("src", "test", "python").toAbsolutePath();
    private static final Path VENV = Path.of("target", "venv").toAbsolutePath();
    private static final String READ_TOKEN = "a-token-to-read-with";
    private static final String WRITE_TOKEN = "a-token-to-write-with";
    private static final String NO_PYTHON = """

            *******************************************************************************
            *  NOT RUN: the pyarrow suite. There is no python3 with venv on this machine. *
            *  apt-get install python3-venv  (Fedora: dnf install python3)                *
            *******************************************************************************
            """;

    @TempDir
    private Path directory;

    @Test
    void plainPyarrowCanDoAllOfTheFlightContract() throws Exception {
        if (!makeVenv()) {
            System.out.println(NO_PYTHON);
            assertThat(System.getenv("CI"))
                    .as("under CI=true the pyarrow suite has to run")
                    .isNotEqualTo("true");
            return;
        }
        Map<String, String> quick = Map.of("repair.join-grace", "1s", "repair.interval", "2s");
        try (LocalGrid grid = LocalGrid.start(Files.createDirectory(directory.resolve("grid")), 3, quick);
                LocalGrid other = LocalGrid.start(Files.createDirectory(directory.resolve("other")), 1, guarded());
                FailingDoor failing = new FailingDoor()) {
            Map<String, String> environment = new TreeMap<>();
            environment.put("SWARM_TEST_GRID", String.join(",", grid.addresses()));
            environment.put("SWARM_TEST_OTHER", other.addresses().get(0));
            environment.put("SWARM_TEST_TOKEN_READ", READ_TOKEN);
            environment.put("SWARM_TEST_TOKEN_WRITE", WRITE_TOKEN);
            environment.put("SWARM_TEST_ERRORS", failing.address());
            environment.put("PYTHONDONTWRITEBYTECODE", "1");

            int exit = run(environment, VENV.resolve("bin/python").toString(), "-m", "pytest", "-v", SUITE.toString());

            assertThat(exit).as("exit status of pytest; its output is above").isZero();
        }
    }

    private Map<String, String> guarded() throws Exception {
        Path tokens = directory.resolve("tokens");
        Files.write(
                tokens,
                List.of(
                        "# name tenant grants hash",
                        "reader lab read " + hash(READ_TOKEN),
                        "writer lab read,write " + hash(WRITE_TOKEN)));
        return Map.of(
                "grid.name", "guarded", "security.tokens-file", tokens.toString(), "security.ticket-lifetime", "1s");
    }

    private static String hash(String token) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(digest);
    }

    /** Makes the virtual environment where it is not there with these very requirements; false without python3. */
    private static boolean makeVenv() throws Exception {
        Path requirements = SUITE.resolve("requirements.txt");
        Path made = VENV.resolve("made-from.txt");
        if (Files.exists(made) && Files.readString(made).equals(Files.readString(requirements))) {
            return true;
        }
        if (run(Map.of(), "python3", "-m", "venv", "--clear", VENV.toString()) != 0) {
            return false;
        }
        int installed = run(
                Map.of("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
                VENV.resolve("bin/pip").toString(),
                "install",
                "--quiet",
                "--requirement",
                requirements.toString());
        assertThat(installed)
                .as("pip install of %s; its output is above", requirements)
                .isZero();
        Files.copy(requirements, made);
        return true;
    }

    /** Runs a command, printing what it says as it says it; 127 where there is no such command. */
    private static int run(Map<String, String> environment, String... words) throws InterruptedException {
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
